/**
 * Problems for clients of OpenAI's API: the document of a problem has the member `error` on their routes, so that one
 * body serves both. Pure.
 */
import { catalogue, type FieldError, type Problem, type ProblemCode } from "../lib/problem.ts";

/** The `error` of a body, and of an event in a stream. */
type OpenAiError = {
  message: string;
  type: string;
  /** The member of the request, as in `messages[0].content`. */
  param: string | null;
  code: string;
};

/** True for the routes of OpenAI's API, known or not. */
export function isOpenAiPath(path: string): boolean {
  return path === "/v1" || path.startsWith("/v1/");
}

/** The error that a problem is to a client of OpenAI's API. */
export function toOpenAiError({ code, extras }: Pick<Problem, "code" | "extras">): OpenAiError {
  const { status, detail } = catalogue[code];
  const field = extras.errors?.[0];
  return {
    message: field ? sentenceOf(field) : detail,
    type: typeOf(code, status),
    param: field ? toParam(field.pointer) : code === "model_not_found" ? "model" : null,
    code,
  };
}

/**
 * What keeps a client from a retry that cannot help: it repeats every 409, 429 and failure of a server otherwise, and
 * does not wait longer than a minute.
 */
export function retryHeaders({ code }: Pick<Problem, "code">): Record<string, string> {
  const isHopeless = HOPELESS_STATUSES.has(catalogue[code].status) || HOPELESS.has(code);
  return isHopeless ? { "x-should-retry": "false" } : {};
}

const HOPELESS_STATUSES: ReadonlySet<number> = new Set([409, 501]);

const HOPELESS: ReadonlySet<ProblemCode> = new Set([
  "budget_exhausted",
  "misconfigured",
  "storage_not_configured",
  "ai_not_configured",
  "ai_unauthorized",
  "ai_quota",
  "ai_model_not_found",
  "ai_context_exceeded",
  "ai_filtered",
  "ai_length",
]);

function typeOf(code: ProblemCode, status: number): string {
  if (code === "budget_exhausted") return "insufficient_quota";
  if (status === 401) return "authentication_error";
  if (status === 403) return "permission_error";
  if (status === 429) return "rate_limit_error";
  return status < 500 ? "invalid_request_error" : "server_error";
}

const LONGEST_PARAM = 300;

function sentenceOf({ pointer, detail }: FieldError): string {
  const param = toParam(pointer);
  return param === null ? detail : `${param}: ${detail}`;
}

/** From a JSON Pointer, or `?` and the name of a query parameter; null for the whole body. */
function toParam(pointer: string): string | null {
  if (pointer.startsWith("?")) return pointer.slice(1, LONGEST_PARAM);
  const [first, ...rest] = pointer.slice(0, LONGEST_PARAM).split("/").slice(1).map(unescapeToken);
  if (first === undefined) return null;
  return first + rest.map((token) => (/^\d+$/.test(token) ? `[${token}]` : `.${token}`)).join("");
}

function unescapeToken(token: string): string {
  return token.replaceAll("~1", "/").replaceAll("~0", "~").toWellFormed();
}
