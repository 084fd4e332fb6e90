/** From a validator's issues to the `errors` of a problem: a pointer, a code, and a sentence for a person. */
import { z } from "@hono/zod-openapi";
import type { FieldError } from "../lib/problem.ts";
import { escapePointer } from "../lib/storable-text.ts";

type Issue = z.core.$ZodIssue;
type RawIssue = z.core.$ZodRawIssue;

// The messages of schemas that have none of their own. They quote nothing of the request.
z.config({ localeError: toSentence });

/** The errors of one issue: one entry, or one for each unknown field. */
export function toFieldErrors(issue: Issue, target: string): FieldError[] {
  const pointer = pointerOf(issue.path, target);
  if (issue.code !== "unrecognized_keys")
    return [{ pointer, code: codeOf(issue), detail: issue.message }];
  return issue.keys.map((key) => ({
    pointer: `${pointer}/${escapePointer(key)}`,
    code: "unknown_field",
    detail: "There is no such field.",
  }));
}

/** A code of ours takes precedence over zod's: `ctx.addIssue({ code: "custom", params: { code } })`. */
function codeOf(issue: Issue): string {
  if (issue.code !== "custom") return issue.code;
  return typeof issue.params?.code === "string" ? issue.params.code : "invalid";
}

function pointerOf(path: PropertyKey[], target: string): string {
  if (target === "query") return `?${path.map(String).join(".")}`;
  return path.map((key) => `/${escapePointer(String(key))}`).join("");
}

const KINDS: Record<string, string> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  array: "a list",
  object: "an object",
  record: "an object",
};

/** What a limit counts; a number's limit is the number itself. */
const UNITS: Record<string, string> = { string: " characters", array: " entries" };

function toSentence(issue: RawIssue): string {
  if (issue.code === "invalid_type") {
    if (issue.input === undefined) return "This is required.";
    return `This must be ${KINDS[issue.expected] ?? "of another type"}.`;
  }
  if (issue.code === "invalid_value") return `This must be one of: ${issue.values.join(", ")}.`;
  if (issue.code === "too_small")
    return `The least is ${issue.minimum}${UNITS[issue.origin] ?? ""}.`;
  if (issue.code === "too_big") return `The most is ${issue.maximum}${UNITS[issue.origin] ?? ""}.`;
  return "This is not valid.";
}
