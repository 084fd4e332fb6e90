/** Turn events as server-sent events (HTML standard, section 9.2.5). Pure. */
import { formatEvent } from "../../../http/event-stream.ts";
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { LARGEST_EVENT_BYTES } from "../../../lib/event-json.ts";
import type { NumberedEvent } from "./events.ts";

/** In UTF-16 code units, which take at most three bytes of UTF-8 each: a text of this length fits one write. */
const SURELY_FITTING_LENGTH = Math.floor(LARGEST_EVENT_BYTES / 3);

type Page = {
  bytes: Uint8Array;
  /** The number of its events. */
  count: number;
  lastId: number;
  /** True where it ends the turn. */
  isLast: boolean;
};

/** As many of the events as fit one write, at least one; undefined where there are none. */
export function encodePage(events: readonly NumberedEvent[]): Page | undefined {
  let text = "";
  let last: NumberedEvent | undefined;
  let count = 0;
  for (const numbered of events) {
    const next = encodeEvent(numbered);
    if (last && text.length + next.length > SURELY_FITTING_LENGTH) break;
    text += next;
    last = numbered;
    count++;
  }
  if (!last) return undefined;
  const isLast = last.event.type === "stream_complete";
  return { bytes: encodeUtf8(text), count, lastId: last.id, isLast };
}

function encodeEvent({ id, event }: NumberedEvent): string {
  return `id: ${id}\n${formatEvent(event)}`;
}
