/**
 * Conditional requests (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2): strong tags over a version number, which a
 * change can name too, and weak ones over what a response is made of. The tags of hono/etag are digests of a whole
 * response, which has to be rendered first, and say nothing about the row that a change is made to.
 */
import { z } from "@hono/zod-openapi";
import { Problem } from "../lib/problem.ts";
import { sha256OfText } from "../lib/sha256.ts";

const TAG = /(W\/)?"([\x21\x23-\x7e\x80-\xff]*)"/g;
const LIST = /^(?:[\t ,]*(?:W\/)?"[\x21\x23-\x7e\x80-\xff]*"[\t ]*(?=,|$))+[\t ,]*$/;
const VERSION = /^[1-9]\d{0,8}$/;

/** The strong tag of a version. */
export function entityTag(version: number): string {
  return `"${version}"`;
}

/**
 * The versions that `If-Match` allows; undefined when it allows every version. A weak tag, or one that
 * is not a version, matches nothing. Throws `malformed_header`.
 */
export function readIfMatch(header: string | undefined): number[] | undefined {
  if (header === undefined || header.trim() === "*") return undefined;
  return parseTags(header).flatMap(({ weak, value }) =>
    !weak && VERSION.test(value) ? [Number(value)] : [],
  );
}

/** The header of a conditional read. */
export const IfNoneMatch = z.object({
  "if-none-match": z.string().optional().openapi({
    description: "Respond with 304 if the client has what has this tag.",
    example: '"3"',
  }),
});

const ETag = {
  description: "Entity tag of this response, for `If-None-Match`.",
  schema: { type: "string" as const },
};

/** The response of a conditional read to a client that has it. */
export const notModified = {
  description: "The client has this already.",
  headers: { ETag },
};

/** Adds the header to a response of a conditional read. */
export function tagged<R extends object>(response: R, headers: Record<string, unknown> = {}) {
  return { ...response, headers: { ETag, ...headers } };
}

/** `"any"` for `If-None-Match: *`. */
export type KnownVersions = readonly number[] | "any";

/** So many are compared; a client has one, or one per format. */
const MOST_KNOWN = 10;

/**
 * The versions that `If-None-Match` says the client has, none without the header. A tag that is not a version matches
 * nothing. Throws `malformed_header`.
 */
export function readKnownVersions(header: string | undefined): KnownVersions {
  if (header === undefined) return [];
  if (header.trim() === "*") return "any";
  const values = parseTags(header).map(({ value }) => value);
  return values
    .filter((value) => VERSION.test(value))
    .slice(0, MOST_KNOWN)
    .map(Number);
}

/** The weak tag of what a response is made of. It changes with any of its values. */
export async function contentTag(content: unknown): Promise<string> {
  return `W/"${await sha256OfText(JSON.stringify(content))}"`;
}

/** True when `If-None-Match` names the tag, compared weakly. Throws `malformed_header`. */
export function hasTag(header: string | undefined, tag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const [{ value: current } = { value: "" }] = parseTags(tag);
  return parseTags(header).some(({ value }) => value === current);
}

function parseTags(header: string): { weak: boolean; value: string }[] {
  if (!LIST.test(header)) throw new Problem("malformed_header");
  return [...header.matchAll(TAG)].map(([, weak, value = ""]) => ({
    weak: weak !== undefined,
    value,
  }));
}
