/** Classifies a provider's error responses. Pure: knows no SDK and no connection. */
import { Problem, type ProblemCode } from "../../lib/problem.ts";
import { type Fields, toFields } from "./fields.ts";

/** The part of a refusal that may leave this module: its text may quote the prompt or the key. */
export class ProviderError extends Error {
  /** The HTTP status, or the one inside the body of a 200. */
  readonly status: number | undefined;
  /** The provider's own code, if it looks like one. */
  readonly code: string | undefined;

  constructor(status: number | undefined, code: string | undefined) {
    super("the provider refused");
    this.name = "ProviderError";
    this.status = status;
    this.code = code;
  }
}

/** A parsed refusal; used only for classification. */
export type Refusal = {
  status: number | undefined;
  /** Every code, type, status and reason in the body, in lower case, outermost first. */
  codes: string[];
  /** The whole body as text, bounded. */
  text: string;
  /** The member `param` of OpenAI's error format. */
  param: string | undefined;
};

/** In UTF-16 code units: no provider explains an error later in its text. */
const LONGEST_TEXT = 8_192;

/**
 * Parses the body of an error response, or an error sent instead of a chunk: JSON of any shape, or text.
 */
export function readRefusal(status: number | undefined, body: unknown): Refusal {
  const text = typeof body === "string" ? body : (JSON.stringify(body) ?? "");
  const codes = [...codesIn(body, 0)];
  const embedded = codes.map(Number).find((code) => code >= 400 && code < 600);
  return {
    status: status ?? embedded,
    codes,
    text: text.slice(0, LONGEST_TEXT),
    param: paramIn(body),
  };
}

const DEEPEST = 5;
const CODE_NAMES = ["code", "type", "status", "reason"];

function* codesIn(value: unknown, depth: number): Generator<string> {
  if (typeof value !== "object" || value === null || depth > DEEPEST) return;
  const fields = toFields(value) ?? {};
  for (const name of CODE_NAMES) {
    const code = fields[name];
    if (typeof code === "string" || typeof code === "number") yield String(code).toLowerCase();
  }
  for (const member of Object.values(value)) yield* codesIn(member, depth + 1);
}

function paramIn(body: unknown): string | undefined {
  const fields: Fields = toFields(Array.isArray(body) ? body[0] : body) ?? {};
  const { param } = toFields(fields.error) ?? fields;
  return typeof param === "string" ? param : undefined;
}

type Rule = { problem: ProblemCode; statuses?: number[]; codes?: RegExp; text?: RegExp };

/**
 * The first match wins. Codes are more specific than the status, and both are more reliable than text.
 */
const RULES: readonly Rule[] = [
  { problem: "ai_context_exceeded", statuses: [413] },
  {
    problem: "ai_context_exceeded",
    codes:
      /^(context_length_exceeded|context_window_exceeded|exceed_context_size_error|model_context_window_exceeded|array_above_max_length|request_too_large)$/,
  },
  {
    problem: "ai_filtered",
    codes:
      /^(content_filter|content_policy_violation|responsibleaipolicyviolation|data_inspection_failed|moderation_blocked|content_blocked|prohibited_content)$/,
  },
  {
    problem: "ai_quota",
    statuses: [402],
    codes:
      /^(insufficient_(quota|credits|balance|funds)|billing_(hard_limit_reached|not_active|error)|quota_exceeded)$/,
  },
  {
    problem: "ai_unauthorized",
    codes:
      /^(invalid_api_key|api_key_invalid|authentication_error|permission_error|permission_denied|unauthorized)$/,
  },
  {
    problem: "ai_model_not_found",
    codes:
      /^(model_not_found|invalid_model|model_not_available|deploymentnotfound|not_found_error)$/,
  },
  {
    problem: "ai_overloaded",
    statuses: [429, 503, 529],
    codes:
      /^(rate_limit(_\w+)?|rate_limited|overloaded(_error)?|engine_overloaded(_error)?|server_overloaded|resource_exhausted|too_many_requests)$/,
  },
  {
    problem: "ai_filtered",
    statuses: [400, 403, 451],
    text: /content (management )?(policy|filter)|moderation|was flagged|blocked by .{0,20}safety/i,
  },
  {
    problem: "ai_quota",
    statuses: [400, 403],
    text: /insufficient (balance|credits?|quota|funds)|credit balance is too low/i,
  },
  {
    problem: "ai_unauthorized",
    statuses: [400],
    text: /api[ _-]?key (is )?(not valid|invalid)|invalid api[ _-]?key/i,
  },
  {
    problem: "ai_context_exceeded",
    statuses: [400, 422, 500],
    text: /(context|prompt|model|sequence|input)['"`]?[ _-](length|window|size|limit)|max_(model|seq)_len|(prompt|input|request|messages?) (is |are )?too (long|large)|too many (input )?tokens|token count|exceeds? .{0,40}\btokens\b|reduce (the length|your prompt)/i,
  },
  { problem: "ai_unauthorized", statuses: [401, 403] },
  { problem: "ai_model_not_found", statuses: [404] },
  {
    problem: "ai_model_not_found",
    statuses: [400],
    text: /model['"`]?:? .{0,80}(not exist|not found)|not a valid model|invalid model|model not (exist|found)/i,
  },
];

/** The problem code of a refusal; `ai_unavailable` when no rule matches. */
export function classify({ status, codes, text }: Refusal): ProblemCode {
  const rule = RULES.find((candidate) => {
    if (candidate.codes && codes.some((code) => candidate.codes?.test(code))) return true;
    if (!candidate.statuses?.includes(status ?? 0)) return false;
    return candidate.text === undefined || candidate.text.test(text);
  });
  return rule?.problem ?? "ai_unavailable";
}

/** The problem for the client, with the provider's `Retry-After` when it is overloaded. */
export function toProviderProblem(refusal: Refusal, headers?: Headers): Problem {
  const problem = classify(refusal);
  const seconds = problem === "ai_overloaded" ? waitOf(refusal, headers) : undefined;
  return new Problem(problem, {
    cause: new ProviderError(refusal.status, codeToLog(refusal)),
    ...(seconds !== undefined && { headers: { "retry-after": String(seconds) } }),
  });
}

/** Only values that look like codes: free text may hold user data. */
function codeToLog({ codes }: Refusal): string | undefined {
  return (
    codes.find((code) => /^[a-z][\w.-]{0,63}$/.test(code)) ??
    codes.find((code) => /^\d{1,6}$/.test(code))
  );
}

/** A longer `Retry-After` would be of no use to a client. */
const LONGEST_WAIT_SECONDS = 3_600;

/** Seconds, or a date (RFC 9110 section 10.2.3); Gemini has `retryDelay` in its details. */
function waitOf({ text }: Refusal, headers?: Headers): number | undefined {
  const given = headers?.get("retry-after") ?? /"retryDelay":\s*"([\d.]+)s"/.exec(text)?.[1];
  if (!given) return undefined;
  const sentAt = Date.parse(headers?.get("date") ?? "");
  const seconds = /^\s*[\d.]+\s*$/.test(given)
    ? Number(given)
    : (Date.parse(given) - sentAt) / 1_000;
  if (!Number.isFinite(seconds)) return undefined;
  return Math.min(Math.max(Math.ceil(seconds), 1), LONGEST_WAIT_SECONDS);
}
