/** The shape of every line that the Worker logs: ids, names, numbers; never what a user wrote. */
import { z } from "zod";
import { Code, Count, failure, Id, Ms, SpanId, TraceId } from "./fields.ts";
import { PLAIN_LINES } from "./plain-lines.ts";

/** A template: what is variable in a path stands in braces, or behind a colon. */
const Route = z
  .string()
  .regex(/^\/(?:(?:[a-z][a-z-]*(?:\.[a-z]+)*|v\d|\{[a-z_]+\}|:[a-z]+)(?:\/|$))*$/);

const dependencies = ["db", "storage", "provider", "room", "mail"] as const;

const spent = Object.fromEntries(
  dependencies.flatMap((on) => [
    [`${on}_ms`, Ms.optional()],
    [`${on}_calls`, Count.optional()],
  ]),
);

/** The trace, and what was spent. */
const work = {
  trace_id: TraceId,
  span_id: SpanId,
  parent_span_id: SpanId.optional(),
  duration_ms: Ms,
  ...spent,
};

const job = {
  queue: z.enum([
    "indifly-file-jobs",
    "indifly-file-jobs-dead",
    "indifly-mails",
    "indifly-mails-dead",
  ]),
  step: z.enum(["extract", "ocr", "index", "embed", "analyse"]).optional(),
  file_id: Id.optional(),
  mail_id: Id.optional(),
  attempt: Count,
  // The clocks of the queue and the Worker may differ.
  queue_age_ms: z.int(),
  ...work,
};

/** The wide events: one per request, job, alarm, turn and minute. */
const WIDE = {
  request: z.strictObject({
    event: z.literal("request"),
    request_id: Id,
    method: z.string().regex(/^[A-Z]{1,20}$/),
    route: Route.optional(),
    status: z.int().min(101).max(599),
    problem: Code.optional(),
    user_id: Id.optional(),
    session_id: Id.optional(),
    key_id: Id.optional(),
    ...work,
  }),
  job: z.strictObject({ event: z.literal("job"), ...job }),
  job_failed: z.strictObject({ event: z.literal("job_failed"), ...job, ...failure }),
  alarm: z.strictObject({ event: z.literal("alarm"), room_id: z.hex(), ...work }),
  alarm_failed: z.strictObject({
    event: z.literal("alarm_failed"),
    room_id: z.hex(),
    ...work,
    cause: Code,
  }),
  turn: z.strictObject({
    event: z.literal("turn"),
    message_id: Id,
    user_id: Id,
    outcome: z.enum(["complete", "stopped", "failed", "interrupted", "dropped"]),
    problem: Code.optional(),
    model: z.string().optional(),
    provider: z.enum(["openai", "anthropic"]).optional(),
    attempts: Count,
    first_token_ms: Ms.optional(),
    overhead_ms: Ms.optional(),
    provider_first_token_ms: Ms.optional(),
    total_ms: Ms.optional(),
    prompt_tokens: Count,
    completion_tokens: Count,
    estimated: z.boolean(),
    unpriced: Count,
    ...work,
  }),
  minute: z
    .object({ event: z.literal("minute"), scheduled_at: z.iso.datetime(), ...work })
    .catchall(z.union([Count, z.string().regex(/^[\w.]{1,64}$/)])),
};

const SCHEMAS: Record<string, z.ZodType> = { ...WIDE, ...PLAIN_LINES };

/** What is wrong with a line of a Worker's log, if anything. Lines of the platform, which are no JSON, have no form. */
export function violationOf(line: string): string | undefined {
  const fields = parse(line);
  if (fields === undefined) return undefined;
  const name = String((fields as { event?: unknown }).event);
  const schema = Object.hasOwn(SCHEMAS, name) ? SCHEMAS[name] : undefined;
  if (!schema) return `${line}: no schema in test/support/logs is of the event ${name}`;
  const { error } = schema.safeParse(fields);
  return error && `${z.prettifyError(error)}\n  ${line}`;
}

/** Undefined where it is no object, or was cut off by the end of its process. */
function parse(line: string): unknown {
  if (!line.startsWith("{")) return undefined;
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

export const LOG_EVENTS = Object.keys(SCHEMAS);

export const WIDE_EVENTS = Object.keys(WIDE);
