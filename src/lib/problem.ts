/**
 * The error for expected failures, with a code of the catalogue. Any other error is a bug and becomes
 * `internal_error`.
 *
 * @see RFC 9457 Problem Details for HTTP APIs
 */
import { catalogue } from "./catalogue.ts";

export { catalogue };

export type ProblemCode = keyof typeof catalogue;

/** The problems of a provider call. */
export const providerProblems: readonly ProblemCode[] = [
  "ai_unavailable",
  "ai_unauthorized",
  "ai_quota",
  "ai_model_not_found",
  "ai_context_exceeded",
  "ai_filtered",
  "ai_overloaded",
  "ai_circuit_open",
  "ai_timeout",
  "ai_not_configured",
];

/** One field that failed validation; `pointer` is a JSON Pointer (RFC 6901) or `?name` of a query. */
export type FieldError = { pointer: string; code: string; detail: string };

type ProblemExtras = {
  errors?: FieldError[];
  headers?: Record<string, string>;
  /** Extension members of the document (RFC 9457 section 3.2). */
  members?: Record<string, unknown>;
  cause?: unknown;
};

/** An expected failure: thrown anywhere, rendered in one place. */
export class Problem extends Error {
  readonly code: ProblemCode;
  readonly extras: ProblemExtras;

  constructor(code: ProblemCode, extras: ProblemExtras = {}) {
    super(code, { cause: extras.cause });
    this.name = "Problem";
    this.code = code;
    this.extras = extras;
  }

  get status(): number {
    return catalogue[this.code].status;
  }

  get detail(): string {
    return catalogue[this.code].detail;
  }
}

/** The stable URI of a kind of problem. */
export function problemType(code: ProblemCode): string {
  return `urn:indifly:problem:${code}`;
}

/** A 422 about one field. */
export function invalidField(pointer: string, code: string, detail: string): Problem {
  return new Problem("validation_failed", { errors: [{ pointer, code, detail }] });
}
