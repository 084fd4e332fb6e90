/** Identifiers: UUIDv7 (RFC 9562 section 5.7), so that newer rows sort after older ones. */
import { v7, validate, version } from "uuid";

/** Makes a new id; an argument wherever code is to be pure. */
export type NewId = () => string;

/** Ascending within one isolate, also within one millisecond. */
export const newId: NewId = () => v7();

/** True for any UUID in canonical form, whatever its version: old rows may have others. */
export function isId(value: string): boolean {
  return validate(value) && version(value) > 0;
}
