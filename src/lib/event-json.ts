/** Limits for the size of an event and its JSON. Pure. */
import { utf8Length } from "./bytes.ts";

/** The most bytes of one event on the wire: clients that parse chunks separately lose longer ones. */
export const LARGEST_EVENT_BYTES = 4_096;

/** Bytes reserved for `id:`, `event:` and `data:` around the JSON. */
const FRAME_BYTES = 96;

/** The most bytes of an event's JSON. */
export const LARGEST_JSON_BYTES = LARGEST_EVENT_BYTES - FRAME_BYTES;

/** The length of a value's JSON in bytes of UTF-8. */
export function jsonBytes(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}
