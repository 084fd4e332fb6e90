/**
 * Conditional requests over a version number (RFC 9110 sections 8.8.3, 13.1.1 and 13.1.2). The tags of
 * hono/etag are digests of a response, which say nothing about the row that a change is made to.
 */
import { Problem } from "../lib/problem.ts";

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

/** True when `If-None-Match` says that the client has this version. Throws `malformed_header`. */
export function hasVersion(header: string | undefined, version: number): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  return parseTags(header).some(({ value }) => value === String(version));
}

function parseTags(header: string): { weak: boolean; value: string }[] {
  if (!LIST.test(header)) throw new Problem("malformed_header");
  return [...header.matchAll(TAG)].map(([, weak, value = ""]) => ({
    weak: weak !== undefined,
    value,
  }));
}
