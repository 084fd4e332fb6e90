/**
 * Identifiers, UUIDv7 (RFC 9562 section 5.7) so that newer rows sort after older ones; and secrets,
 * which are random alone.
 */
import { v7, validate, version } from "uuid";
import { toBase64Url } from "./bytes.ts";

/** Makes a new id; an argument wherever code is to be pure. */
export type NewId = () => string;

/** Ascending within one isolate, also within one millisecond. */
export const newId: NewId = () => v7();

/** The lowest UUIDv7 of a time, in milliseconds since the epoch: what was made before it sorts before it. */
export function firstIdAt(time: number): string {
  return v7({ msecs: time, seq: 0, random: new Uint8Array(16) });
}

/** True for any UUID in canonical form, whatever its version: old rows may have others. */
export function isId(value: string): boolean {
  return validate(value) && version(value) > 0;
}

/** A secret that nobody guesses: 32 random bytes. */
export function newSecret(): string {
  return toBase64Url(crypto.getRandomValues(new Uint8Array(32)));
}
