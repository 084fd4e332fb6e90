/** Turn events as server-sent events (HTML standard, section 9.2.5). Pure. */
import { encodeUtf8 } from "../../../lib/bytes.ts";
import type { NumberedEvent, TurnEvent } from "../events.ts";

/** A comment: keeps proxies from closing a silent connection, and tells readers nothing. */
export const HEARTBEAT = encodeUtf8(": keep-alive\n\n");

/** Sent with the headers, so that the client knows at once that its message is in. */
export const OPENING = encodeUtf8(": open\n\n");

/**
 * One event. Its data is one line of JSON, in which line breaks are escaped: no text of a model can
 * end the event, or begin another.
 */
export function encodeSse({ id, event }: NumberedEvent): Uint8Array {
  // Browsers reserve the event name `error` for failures of the connection.
  const name = event.type === "error" ? "turn_error" : event.type;
  return encodeUtf8(`id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
}

/** An event of a turn whose log is gone, and that nobody can resume. */
export function encodeUnnumbered(event: TurnEvent): Uint8Array {
  const name = event.type === "error" ? "turn_error" : event.type;
  return encodeUtf8(`event: ${name}\ndata: ${JSON.stringify(event)}\n\n`);
}

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;
