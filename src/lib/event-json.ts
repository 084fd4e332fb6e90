/** How large an event and its JSON may be on the wire. Pure. */
import { utf8Length } from "./bytes.ts";

/** The most bytes of one event on the wire: a longer one may be cut in transit, and lost. */
export const LARGEST_EVENT_BYTES = 4_096;

/** Room for `id:`, `event:` and `data:` around the JSON. */
const FRAME_BYTES = 96;

/** The most bytes that the JSON of an event takes. */
export const LARGEST_JSON_BYTES = LARGEST_EVENT_BYTES - FRAME_BYTES;

/** Length of a value's JSON in bytes of UTF-8. */
export function jsonBytes(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}
