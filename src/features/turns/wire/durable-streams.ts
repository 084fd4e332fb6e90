/**
 * The log of a chat as a durable stream (Durable Streams protocol of 2026-06-03, sections 5.6 to 5.8, 8 and 10): its
 * offsets, its cursors, and its pages as JSON and as server-sent events. Pure, but for the place that an encoder keeps.
 */
import { encodeUtf8 } from "../../../lib/bytes.ts";
import type { Page, PageSource } from "./encoder.ts";
import { SURELY_FITTING_LENGTH } from "./encoder.ts";
import type { NumberedEvent } from "./events.ts";
import { encodeFrame } from "./socket.ts";

/** Where to read from: after an event, from the oldest kept event, or from the end of the log. */
export type LogPosition = number | "start" | "end";

const OFFSET_DIGITS = 16;
const OFFSET = /^\d{16}$/;

/** The offset after an event, 0 before the first. Offsets sort as texts in the order of the ids. */
export function toOffset(id: number): string {
  return String(id).padStart(OFFSET_DIGITS, "0");
}

/** The position of an offset; undefined where it is none. */
export function parseOffset(text: string): LogPosition | undefined {
  if (text === "-1") return "start";
  if (text === "now") return "end";
  const id = OFFSET.test(text) ? Number(text) : undefined;
  return Number.isSafeInteger(id) ? id : undefined;
}

const CURSOR_EPOCH_MS = Date.UTC(2024, 9, 9);
const CURSOR_INTERVAL_MS = 20_000;
const CURSOR = /^\d{1,15}$/;

/**
 * The cursor of a live response: the number of the current interval, always above the one that the client sends. It is
 * not scattered as the protocol asks of shared caches, because none may store these responses.
 */
export function nextCursor(nowMs: number, sent: string | undefined): string {
  const current = Math.floor((nowMs - CURSOR_EPOCH_MS) / CURSOR_INTERVAL_MS);
  const least = sent !== undefined && CURSOR.test(sent) ? Number(sent) + 1 : 0;
  return String(Math.max(current, least));
}

/** The events as a JSON array, each with its id as a member. */
export function encodeArray(events: readonly NumberedEvent[]): string {
  return `[${events.map(encodeFrame).join(",")}]`;
}

type Stream = {
  /** The id after which it begins. */
  after: number;
  /** True where no event of the log follows this one. */
  isAtEnd: (id: number) => boolean;
  cursor: () => string;
};

/** Encodes the log across its turns, for one subscriber. */
export class DurableStreamEncoder implements PageSource {
  readonly #stream: Stream;
  #lastId: number;
  #isOpened = false;

  constructor(stream: Stream) {
    this.#stream = stream;
    this.#lastId = stream.after;
  }

  /** One data event and its control event. The first page has no data where there is none yet. */
  encodePage(events: readonly NumberedEvent[]): Page | undefined {
    const fitting = takeFitting(events);
    if (fitting.length === 0 && this.#isOpened) return undefined;
    this.#isOpened = true;
    this.#lastId = fitting.at(-1)?.id ?? this.#lastId;
    const data = fitting.length > 0 ? format("data", encodeArray(fitting)) : "";
    const bytes = encodeUtf8(data + this.#control());
    return { bytes, count: fitting.length, lastId: this.#lastId, isLast: false };
  }

  /** The end of the log, once the chat is deleted; nothing where the client is to continue with another request. */
  encodeCut(isClosed: boolean): Uint8Array {
    const streamNextOffset = toOffset(this.#lastId);
    const control = { streamNextOffset, upToDate: true, streamClosed: true };
    return encodeUtf8(isClosed ? format("control", JSON.stringify(control)) : "");
  }

  #control(): string {
    const { isAtEnd, cursor } = this.#stream;
    const upToDate = isAtEnd(this.#lastId) && { upToDate: true };
    const streamNextOffset = toOffset(this.#lastId);
    return format(
      "control",
      JSON.stringify({ streamNextOffset, streamCursor: cursor(), ...upToDate }),
    );
  }
}

/** At least one, where there is one. */
function takeFitting(events: readonly NumberedEvent[]): NumberedEvent[] {
  const taken: NumberedEvent[] = [];
  let length = 0;
  for (const event of events) {
    length += encodeFrame(event).length;
    if (taken.length > 0 && length > SURELY_FITTING_LENGTH) break;
    taken.push(event);
  }
  return taken;
}

/** JSON has no line breaks, so it is one line of data. */
function format(name: "data" | "control", json: string): string {
  return `event: ${name}\ndata: ${json}\n\n`;
}
