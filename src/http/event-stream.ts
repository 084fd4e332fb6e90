/** The encoding of server-sent events (HTML standard, section 9.2.5). Pure. */
import { encodeUtf8 } from "../lib/bytes.ts";

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;

/** A comment, which clients ignore: it keeps proxies from closing an idle connection. */
export const HEARTBEAT = encodeUtf8(": keep-alive\n\n");

/** A comment that is sent with the headers, so that the client knows at once that its request was accepted. */
export const OPENING = encodeUtf8(": open\n\n");

/** An event without an id: a client cannot resume after it. */
export function encodeUnnumbered(event: { type: string }): Uint8Array {
  return encodeUtf8(formatEvent(event));
}

/** An event without a name or an id: one line of JSON. */
export function formatData(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}

/**
 * The lines `event` and `data` of an event, and the empty line that ends it. The data is one line of
 * JSON, in which line breaks are escaped: text of a model cannot end the event or begin another.
 */
export function formatEvent(event: { type: string }): string {
  // Browsers dispatch `error` themselves when the connection fails.
  const name = event.type === "error" ? "turn_error" : event.type;
  return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}
