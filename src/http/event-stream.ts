/** Server-sent events (HTML standard, section 9.2.5), whatever they are about. Pure. */
import { encodeUtf8 } from "../lib/bytes.ts";

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** A comment: keeps proxies from closing a silent connection, and is no event to the client. */
export const HEARTBEAT = encodeUtf8(": keep-alive\n\n");

/** Sent with the headers, so that the client knows at once that its request was accepted. */
export const OPENING = encodeUtf8(": open\n\n");

/** An event without an id, because nobody can resume from it. */
export function encodeUnnumbered(event: { type: string }): Uint8Array {
  return encodeUtf8(formatEvent(event));
}

/**
 * The lines `event` and `data` of an event, and the empty line that ends it. Its data is one line of
 * JSON, in which line breaks are escaped: no text of a model can end the event, or begin another.
 */
export function formatEvent(event: { type: string }): string {
  // Browsers reserve the event name `error` for failures of the connection.
  const name = event.type === "error" ? "turn_error" : event.type;
  return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}
