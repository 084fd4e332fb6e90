/** Failures as sentences for the person. */
import { ApiError } from "../../clients/ts/src/index.ts";

/** What to show of a failure: the API's own sentence, or that there was no response. */
export function sentenceOf(error: unknown): string {
  if (error instanceof ApiError) return error.message;
  if (error instanceof TypeError) return "The server cannot be reached. Check your connection.";
  return error instanceof Error ? error.message : "Something went wrong. Try again.";
}

export type ProblemCode = ApiError["code"];

/** True for a problem of the API with one of these codes. */
export function isProblem(error: unknown, ...codes: ProblemCode[]): error is ApiError {
  return error instanceof ApiError && codes.includes(error.code);
}

/** The sentences of a validation failure, by the name of the field. */
export function fieldErrorsOf(error: unknown): Record<string, string> {
  const errors = error instanceof ApiError ? (error.problem.errors ?? []) : [];
  return Object.fromEntries(errors.map(({ pointer, detail }) => [pointer.slice(1), detail]));
}
