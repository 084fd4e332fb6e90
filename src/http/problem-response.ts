/** Converts whatever was thrown to the one error format of the API. */
import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import { describeDbError, isUnreachable } from "../db/errors.ts";
import { ConfigError } from "../env.ts";
import { framesOf, logError, nameOf } from "../lib/log.ts";
import {
  catalogue,
  type FieldError,
  Problem,
  type ProblemCode,
  problemType,
} from "../lib/problem.ts";
import { isOpenAiPath, retryHeaders, toOpenAiError } from "./openai-error.ts";
import type { App } from "./router.ts";

/** The wire shape of a problem, in a response and in an `error` event. */
type ProblemDocument = {
  type: string;
  title: string;
  status: number;
  detail: string;
  code: ProblemCode;
};

const MOST_ERRORS = 50;
const LONGEST_POINTER = 300;

const RETRY_AFTER_SECONDS = "5";

/** The document of a problem, without the members that describe the request. */
export function problemDocument(problem: Problem): ProblemDocument {
  const { status, title, detail } = catalogue[problem.code];
  return { type: problemType(problem.code), title, status, detail, code: problem.code };
}

/** The sentence of a problem for a person: what is wrong with the first field, where it is about fields. */
export function sentenceOf(problem: Problem): string {
  return problem.extras.errors?.[0]?.detail ?? problem.detail;
}

/** Renders every failure of the app, expected or not. */
export const renderProblem: ErrorHandler<App> = (error, c) => {
  const problem = toProblem(error);
  const requestId = c.get("requestId");
  if (problem.code === "internal_error") logBug(error, requestId);
  c.set("problem", problem.code);
  const instance = new URL(c.req.url).pathname;
  const isOpenAi = isOpenAiPath(instance);
  const body = {
    ...problemDocument(problem),
    instance,
    request_id: requestId,
    ...(problem.extras.errors && { errors: bounded(problem.extras.errors) }),
    ...problem.extras.members,
    ...(isOpenAi && { error: toOpenAiError(problem) }),
  };
  return new Response(JSON.stringify(body), {
    status: problem.status,
    headers: {
      "content-type": "application/problem+json",
      ...problemHeaders(problem),
      ...(isOpenAi && retryHeaders(problem)),
    },
  });
};

/** The first errors, in a bounded size: a pointer holds keys of the request. */
function bounded(errors: FieldError[]): FieldError[] {
  return errors.slice(0, MOST_ERRORS).map(({ pointer, ...error }) => ({
    pointer: pointer.slice(0, LONGEST_POINTER).toWellFormed(),
    ...error,
  }));
}

/** The problem that a caught error is to the client. */
export function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof ConfigError) return misconfigured(error);
  if (error instanceof HTTPException) return new Problem(codeOfStatus(error.status));
  if (isUnreachable(error)) return new Problem("database_unavailable", { cause: error });
  return new Problem("internal_error", { cause: error });
}

function misconfigured(error: ConfigError): Problem {
  const { variables, reasons } = error;
  logError("misconfigured", { variables: variables.join(","), reasons: reasons.join("; ") });
  return new Problem("misconfigured", { members: { variables } });
}

/** The framework's own refusals: its parsers and validators throw nothing else. */
function codeOfStatus(status: number): ProblemCode {
  if (status === 415) return "unsupported_media_type";
  if (status === 413) return "body_too_large";
  return status < 500 ? "malformed_request" : "internal_error";
}

function problemHeaders(problem: Problem): Record<string, string> {
  const headers: Record<string, string> = {};
  if (problem.status === 401) headers["www-authenticate"] = challenge(problem.code);
  if (problem.status >= 502 && problem.status <= 504) headers["retry-after"] = RETRY_AFTER_SECONDS;
  return { ...headers, ...problem.extras.headers };
}

/** RFC 6750 section 3: a missing token gets no error code. */
function challenge(code: ProblemCode): string {
  return code === "invalid_token"
    ? 'Bearer realm="api", error="invalid_token"'
    : 'Bearer realm="api"';
}

/** Logs the cause, which no response holds; of a database error only code and constraint, never its text. */
function logBug(error: unknown, requestId: string): void {
  const fromDb = describeDbError(error);
  logError("bug", {
    request_id: requestId,
    name: nameOf(error),
    database_code: fromDb?.code,
    constraint: fromDb?.constraint,
    stack: !fromDb && error instanceof Error ? framesOf(error) : undefined,
  });
}
