/** When a chat ends: at a time of its own, or as a temporary one. */
import { toIso } from "../../lib/clock.ts";
import { invalidField } from "../../lib/problem.ts";
import type { ChatRow } from "./queries.ts";

/** How long a temporary chat lives after its last activity. */
export const TEMPORARY_MS = 24 * 60 * 60 * 1000;

/** ISO 8601; null for a chat without an end. A temporary chat with a time of its own ends at the first of both. */
export function expiryOf({ expires_at: own, temporary, updated_at: activeAt }: ChatRow) {
  const times = [
    ...(own === null ? [] : [toIso(own)]),
    ...(temporary ? [toIso(new Date(Date.parse(toIso(activeAt)) + TEMPORARY_MS))] : []),
  ];
  return times.toSorted()[0] ?? null;
}

/** Throws a 422 for a time that is over, which would delete the chat at once. Both are ISO 8601, made by `toIso`. */
export function requireFuture(expiresAt: string | null | undefined, at: string): void {
  if (expiresAt && expiresAt <= at) {
    throw invalidField("/expires_at", "in_the_past", "This time is over already.");
  }
}
