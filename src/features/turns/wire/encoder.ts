/** Pages of a turn's events in the format of any wire. Pure, but for what an encoder keeps for its next event. */
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { LARGEST_EVENT_BYTES } from "../../../lib/event-json.ts";
import type { NumberedEvent } from "./events.ts";

/** Encodes the events of one turn, in their order. */
export type WireEncoder = {
  /** Whole frames of the wire; none where it has nothing for the event. */
  encode(event: NumberedEvent): string[];
  /**
   * What a stream ends with that is closed in the middle of its turn; nothing where the client takes such an end
   * for what it is.
   */
  cut(): string[];
};

/** In UTF-16 code units, which take at most three bytes of UTF-8 each: a text of this length fits one write. */
export const SURELY_FITTING_LENGTH = Math.floor(LARGEST_EVENT_BYTES / 3);

/** Events for one write. */
export type Page = {
  bytes: Uint8Array;
  /** The number of events that it holds or that had no frames. */
  count: number;
  lastId: number;
  /** True where it ends the turn. */
  isLast: boolean;
};

/** What makes the pages of one subscriber. */
export type PageSource = {
  /**
   * As many of the events as fit one write, at least one; undefined where there are none. The next call's events
   * begin after the `count` of this one.
   */
  encodePage(events: readonly NumberedEvent[]): Page | undefined;
  /** The bytes before the end of a stream that is closed early. `isClosed`: its chat is deleted, and it has every event. */
  encodeCut(isClosed: boolean): Uint8Array;
};

/** Makes the pages of one turn. */
export class PageEncoder implements PageSource {
  readonly #encoder: WireEncoder;
  /** Frames that were encoded and did not fit the page before. */
  #kept: { text: string; from: NumberedEvent } | undefined;

  constructor(encoder: WireEncoder) {
    this.#encoder = encoder;
  }

  encodePage(events: readonly NumberedEvent[]): Page | undefined {
    let text = "";
    let last: NumberedEvent | undefined;
    let count = 0;
    for (const event of events) {
      const next = this.#textOf(event);
      if (last && text.length + next.length > SURELY_FITTING_LENGTH) break;
      this.#kept = undefined;
      text += next;
      last = event;
      count++;
    }
    if (!last) return undefined;
    const isLast = last.event.type === "stream_complete";
    return { bytes: encodeUtf8(text), count, lastId: last.id, isLast };
  }

  /** The bytes before the end of a stream that is closed in the middle of its turn. */
  encodeCut(): Uint8Array {
    return encodeUtf8(this.#encoder.cut().join(""));
  }

  /** An event is encoded once, because that may change what the encoder keeps. */
  #textOf(from: NumberedEvent): string {
    if (this.#kept?.from.id !== from.id) {
      this.#kept = { text: this.#encoder.encode(from).join(""), from };
    }
    return this.#kept.text;
  }
}
