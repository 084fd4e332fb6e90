/** The fields of log lines: ids, names and numbers. */
import { z } from "zod";
import { catalogue } from "../../../src/lib/problem.ts";

export const Id = z.uuid();
export const Count = z.int().min(0);
export const Ms = Count;
export const Code = z.enum(Object.keys(catalogue) as [string, ...string[]]);
export const TraceId = z.string().regex(/^[0-9a-f]{32}$/);
export const SpanId = z.string().regex(/^[0-9a-f]{16}$/);

/** The name of an error, a state or a kind. */
export const Name = z.string().regex(/^[\w.-]{1,64}$/);

/** What Postgres refused, or why else something failed. */
export const failure = {
  cause: Name,
  database_code: z
    .string()
    .regex(/^(?:[0-9A-Z]{5}|unreachable)$/)
    .optional(),
  constraint: z
    .string()
    .regex(/^[a-z0-9_]+$/)
    .optional(),
};
