/** The shape of every line that the Worker logs: ids, names, numbers; never what a user wrote. */
import { z } from "zod";
import { catalogue } from "../../src/lib/problem.ts";

const Id = z.uuid();
const Ms = z.int().min(0);
const Count = z.int().min(0);
const Problem = z.enum(Object.keys(catalogue) as [string, ...string[]]);

/** A template: what is variable in a path stands in braces, or behind a colon. */
const Route = z
  .string()
  .regex(/^\/(?:(?:[a-z][a-z-]*(?:\.[a-z]+)*|\{[a-z_]+\}|:[a-z]+)(?:\/|$))*$/);

const dependencies = ["db", "storage", "provider", "room", "mail"] as const;

const spent = Object.fromEntries(
  dependencies.flatMap((on) => [
    [`${on}_ms`, Ms.optional()],
    [`${on}_calls`, Count.optional()],
  ]),
);

/** The trace, and what was spent. */
const work = {
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  span_id: z.string().regex(/^[0-9a-f]{16}$/),
  parent_span_id: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  duration_ms: Ms,
  ...spent,
};

const failure = {
  cause: z.string().regex(/^[\w.]{1,64}$/),
  database_code: z
    .string()
    .regex(/^(?:[0-9A-Z]{5}|unreachable)$/)
    .optional(),
  constraint: z
    .string()
    .regex(/^[a-z0-9_]+$/)
    .optional(),
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
    problem: Problem.optional(),
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
    cause: Problem,
  }),
  turn: z.strictObject({
    event: z.literal("turn"),
    message_id: Id,
    user_id: Id,
    outcome: z.enum(["complete", "stopped", "failed", "interrupted", "dropped"]),
    problem: Problem.optional(),
    model: z.string().optional(),
    provider: z.enum(["openai", "anthropic"]).optional(),
    attempts: Count,
    first_token_ms: Ms.optional(),
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

/** Every other line: a name, and short values without spaces; an id of the trace where there is one. */
const Other = z
  .object({ event: z.string().regex(/^[a-z]+(?:_[a-z]+)*$/), trace_id: work.trace_id.optional() })
  .catchall(z.union([z.number(), z.boolean(), z.null(), z.string().regex(/^[\w.:/,-]{0,200}$/)]));

/** What is wrong with the line, if anything. */
export function violationOf(line: string): string | undefined {
  const event: unknown = JSON.parse(line);
  const name = String((event as { event?: unknown }).event);
  const schema: z.ZodType = Object.hasOwn(WIDE, name) ? WIDE[name as keyof typeof WIDE] : Other;
  const { error } = schema.safeParse(event);
  return error && `${line}: ${z.prettifyError(error)}`;
}

export const WIDE_EVENTS = Object.keys(WIDE);
