/** The field types that the schemas of all features share. */
import { z } from "@hono/zod-openapi";
import { toIso } from "../lib/clock.ts";
import { isId } from "../lib/ids.ts";
import { codePointLength } from "../lib/code-points.ts";
import { isStorable } from "../lib/storable-text.ts";
import { onDemand } from "./on-demand.ts";

/** An id in a path or body: any UUID, converted to lower case. */
export const Id = z
  .string()
  .refine(isId, "This is not an id.")
  .transform((id) => id.toLowerCase())
  .openapi({ format: "uuid", example: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10" });

/** An id in a response. */
export const ShownId = z.string().openapi({ format: "uuid" });

/** A time in a response: ISO 8601 UTC with milliseconds. */
export const ShownTime = z.string().openapi({ format: "date-time" });

/** A time in a cursor, in the precision of the rows: Postgres refuses more digits. */
export const CursorTime = z.iso
  .datetime()
  .refine(isStorableTime)
  .transform((time) => toIso(time));

/** Postgres has no year zero, and ISO 8601 no year of five digits. */
export function isStorableTime(moment: string): boolean {
  const year = new Date(moment).getUTCFullYear();
  return year >= 1 && year <= 9_999;
}

/** `base`: a schema that transforms the text before it is measured. */
type TextRules = { min?: number; max: number; base?: z.ZodString };

/** Text of `min` to `max` code points; with `min` at least 1 it may not be blank. */
export function text({ min = 0, max, base = z.string() }: TextRules) {
  return base
    .superRefine((value, context) => {
      const fault = faultOf(value, min, max);
      if (fault)
        context.addIssue({ code: "custom", params: { code: fault.code }, message: fault.detail });
    })
    .openapi({ ...(min > 0 && { minLength: min }), maxLength: max });
}

/** Text of a query parameter: refuses the characters that `readJsonBody` refuses in a body. */
export const QueryText = z
  .string()
  .refine(isStorable, "The text holds a character that cannot be searched.");

/** `limit` of a paged list. */
export function limit(fallback: number, max: number) {
  return wholeNumber(1, max, fallback, "The most entries of a page.");
}

const HIGHEST_OFFSET = 10_000_000;

/** `offset` of a paged list. */
export const Offset = wholeNumber(0, HIGHEST_OFFSET, 0, "How many entries to skip.");

/** Decimal digits only: `Number` alone would also accept `0x10`, `1e3` and white space. */
function wholeNumber(minimum: number, maximum: number, fallback: number, description: string) {
  return (
    z
      .string()
      .regex(/^\d{1,15}$/, "This must be a whole number.")
      .transform(Number)
      .pipe(z.number().min(minimum).max(maximum))
      .default(fallback)
      // Written out, because the generator only sees the string schema.
      .openapi({ type: "integer", minimum, maximum, default: fallback, description })
  );
}

/** A boolean of a query string. */
export const Flag = z
  .enum(["true", "false"])
  .transform((value) => value === "true")
  .openapi({ type: "boolean" });

/** The path parameter of a route about one thing. */
export const ById = z.object({ id: Id.openapi({ description: "Id of what the path names." }) });

/** `{ success, message, data }`, as the existing frontend expects of calls that return nothing else. */
export function envelope<T extends z.ZodType>(data: T) {
  return z.object({ success: z.literal(true), message: z.string(), data });
}

/** The cursor of a page, in a response. */
export const NextCursor = onDemand(() =>
  z.string().nullable().openapi({ description: "Null on the last page." }),
);

/** The response to a call that returns nothing. */
export const Done = onDemand(() => envelope(z.object({})));

function faultOf(value: string, min: number, max: number) {
  if (min > 0 && value.trim() === "") return { code: "blank", detail: "This may not be empty." };
  const length = codePointLength(value);
  if (length < min) return { code: "too_short", detail: `This needs at least ${min} characters.` };
  if (length > max) return { code: "too_long", detail: `This takes at most ${max} characters.` };
  return undefined;
}
