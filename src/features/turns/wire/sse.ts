/** Turn events as server-sent events (HTML standard, section 9.2.5). Pure. */
import { formatEvent } from "../../../http/event-stream.ts";
import type { WireEncoder } from "./encoder.ts";

/** Each event with its id. It keeps nothing, so a stream may begin after any event. */
export const sseEncoder: WireEncoder = {
  encode: ({ id, event }) => [`id: ${id}\n${formatEvent(event)}`],
  // A stream that ends before `stream_complete` is resumed.
  cut: () => [],
};
