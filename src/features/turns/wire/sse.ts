/** Turn events as server-sent events (HTML standard, section 9.2.5). Pure. */
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { LARGEST_EVENT_BYTES } from "../../../lib/event-json.ts";
import type { NumberedEvent } from "./events.ts";

/** A comment: keeps proxies from closing a silent connection, and tells readers nothing. */
export const HEARTBEAT = encodeUtf8(": keep-alive\n\n");

/** Sent with the headers, so that the client knows at once that its message is in. */
export const OPENING = encodeUtf8(": open\n\n");

/** No unit of a text takes more than three bytes of UTF-8: what is this short fits one write. */
const SURELY_FITS = Math.floor(LARGEST_EVENT_BYTES / 3);

export type Page = {
  bytes: Uint8Array;
  /** How many events it holds. */
  count: number;
  lastId: number;
  /** True where it ends the turn. */
  isLast: boolean;
};

/** As many of the events as go out in one write, at least one; undefined where there is none. */
export function encodePage(events: readonly NumberedEvent[]): Page | undefined {
  let text = "";
  let last: NumberedEvent | undefined;
  let count = 0;
  for (const numbered of events) {
    const next = encodeEvent(numbered);
    if (last && text.length + next.length > SURELY_FITS) break;
    text += next;
    last = numbered;
    count++;
  }
  if (!last) return undefined;
  const isLast = last.event.type === "stream_complete";
  return { bytes: encodeUtf8(text), count, lastId: last.id, isLast };
}

/** An event without an id, because nobody can resume from it. */
export function encodeUnnumbered(event: { type: string }): Uint8Array {
  return encodeUtf8(encodeBody(event));
}

function encodeEvent({ id, event }: NumberedEvent): string {
  return `id: ${id}\n${encodeBody(event)}`;
}

/**
 * Its data is one line of JSON, in which line breaks are escaped: no text of a model can end the
 * event, or begin another.
 */
function encodeBody(event: { type: string }): string {
  // Browsers reserve the event name `error` for failures of the connection.
  const name = event.type === "error" ? "turn_error" : event.type;
  return `event: ${name}\ndata: ${JSON.stringify(event)}\n\n`;
}

export const SSE_HEADERS = {
  "content-type": "text/event-stream; charset=utf-8",
  "cache-control": "no-cache, no-transform",
  "x-accel-buffering": "no",
} as const;
