import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitMessage } from "../../src/features/messages/fit-message.ts";
import {
  toCitationEvents,
  toDeltas,
  type TurnEvent,
} from "../../src/features/turns/wire/events.ts";
import { LARGEST_EVENT_BYTES } from "../../src/lib/event-json.ts";
import type { Citation } from "../../src/features/citations/citation.ts";
import { createPageEncoder, EVENTS } from "../../src/features/turns/wire/wires.ts";
import { present } from "../../src/lib/assert.ts";
import { TextCleaner } from "../../src/features/turns/generate/draft.ts";

const MESSAGE = {
  id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10",
  chat_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c11",
  parent_id: null,
  type: "bot" as const,
  role: "assistant" as const,
  content: "short",
  status: "complete" as const,
  file_name: null,
  file_url: null,
  files: [],
  metadata: {},
  sibling_ids: [],
  sibling_count: 1,
  created_at: "2026-11-23T09:30:00.000Z",
};

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 6_000 }),
  fc.string({
    unit: fc.constantFrom("\u0001", "\u2028", "\n", "data: ", "𝒳", '"', "é"),
    maxLength: 4_000,
  }),
);

const encode = (id: number, event: TurnEvent) =>
  createPageEncoder(EVENTS).encodePage([{ id, event }])?.bytes ?? new Uint8Array();
const sizeOf = (event: TurnEvent) => encode(999_999_999, event).byteLength;

function textOf(deltas: TurnEvent[]): string {
  return deltas.map((delta) => (delta.type === "content_delta" ? delta.content : "")).join("");
}

describe("the events of a turn", () => {
  it("split any text into deltas that fit, and lose nothing of it", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        const deltas = toDeltas(text);
        expect(textOf(deltas)).toBe(text);
        for (const delta of deltas) expect(sizeOf(delta)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
      }),
    );
  });

  it("are three lines whatever the text contains, so that a model cannot begin an event", () => {
    fc.assert(
      fc.property(anyText, (text) => {
        for (const event of toDeltas(text)) {
          const frame = new TextDecoder().decode(encode(7, event));
          const lines = frame.split(/\r\n|\r|\n/);
          expect(lines).toHaveLength(5);
          expect(lines[0]).toBe("id: 7");
          expect(JSON.parse(lines[2]?.slice("data: ".length) ?? "")).toEqual(event);
        }
      }),
    );
  });

  it("give a failure an event name that browsers do not reserve", () => {
    const frame = encode(1, { type: "error", error: "No.", code: "ai_timeout" });
    expect(new TextDecoder().decode(frame)).toContain("event: turn_error\n");
  });

  it("carry a short message whole", () => {
    expect(fitMessage(MESSAGE)).toEqual(MESSAGE);
  });

  it("carry a long message without its content, and its length in code points", () => {
    const content = "𝒳".repeat(2_000);
    const event = {
      type: "ai_message_complete" as const,
      message: fitMessage({ ...MESSAGE, content }),
    };
    expect(event.message).toMatchObject({ content: null, content_length: 2_000, metadata: {} });
    expect(sizeOf(event)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
  });

  it("omit metadata too where that alone is too long", () => {
    const metadata = { note: "n".repeat(5_000) };
    const event = {
      type: "ai_message_complete" as const,
      message: fitMessage({ ...MESSAGE, metadata }),
    };
    expect(event.message).toMatchObject({ content: null, metadata: null, content_length: 5 });
    expect(sizeOf(event)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
  });

  it("omit the attachments last, where their names are too long", () => {
    const files = Array.from({ length: 20 }, (_, index) => ({
      id: `01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c${index + 10}`,
      name: "é".repeat(255),
      status: "ready" as const,
    }));
    const event = {
      type: "user_message" as const,
      message: fitMessage({ ...MESSAGE, files }),
    };
    expect(event.message).toMatchObject({ content: null, metadata: null, files: null });
    expect(sizeOf(event)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
    expect(fitMessage({ ...MESSAGE, files: files.slice(0, 2) })).toMatchObject({
      content: MESSAGE.content,
      files: files.slice(0, 2),
    });
  });
});

describe("one write of the stream", () => {
  it("is at most 4 KiB of whole events, in order, and ends with the turn", () => {
    const texts = fc.array(anyText, { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(texts, (all) => {
        const emitted: TurnEvent[] = [
          ...all.flatMap((text) => toDeltas(text)),
          { type: "stream_complete" },
        ];
        const events = emitted.map((event, index) => ({ id: index + 1, event }));
        let sent = "";
        const encoder = createPageEncoder(EVENTS);
        for (let left = events; left.length > 0;) {
          const page = present(encoder.encodePage(left), "a page of the events that are left");
          expect(page.bytes.byteLength).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
          expect(page.isLast).toBe(page.lastId === events.length);
          sent += new TextDecoder().decode(page.bytes);
          left = events.slice(page.lastId);
        }
        expect(sent).toBe(
          emitted
            .map((event, index) => new TextDecoder().decode(encode(index + 1, event)))
            .join(""),
        );
      }),
    );
  });

  it("is empty where there is no event", () => {
    expect(createPageEncoder(EVENTS).encodePage([])).toBeUndefined();
  });
});

describe("a model's text", () => {
  it("is unchanged when it is cut anywhere, inside a surrogate pair too", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(text, fc.array(fc.nat(200), { maxLength: 20 }), (whole, cuts) => {
        const cleaner = new TextCleaner();
        const ends = [...cuts, whole.length].toSorted((a, b) => a - b);
        const pieces = ends.map((end, index) => whole.slice(ends[index - 1] ?? 0, end));
        expect(pieces.map((piece) => cleaner.push(piece)).join("")).toBe(whole);
      }),
    );
  });

  it("is made storable: NUL and halves of pairs become the replacement character", () => {
    const cleaner = new TextCleaner();
    expect(cleaner.push("a\0b")).toBe("a\uFFFDb");
    expect(cleaner.push("\uDC00c")).toBe("\uFFFDc");
    expect(cleaner.push("\uD800")).toBe("");
    expect(cleaner.push("d")).toBe("\uFFFDd");
  });
});

describe("the citations of an answer", () => {
  const citation = (quote: string, index = 1): Citation => ({
    index,
    file_id: MESSAGE.id,
    file_name: "lease.pdf",
    page: 1,
    start: 0,
    end: Array.from(quote).length,
    quote,
    status: "verified",
  });

  it("are sent in as many events as they need, each once, in order, whatever is quoted", () => {
    fc.assert(
      fc.property(fc.array(anyText, { maxLength: 12 }), (quotes) => {
        const events = toCitationEvents(quotes.map(citation));
        const emitted = events.flatMap((event) =>
          event.type === "citations" ? event.citations : [],
        );
        for (const event of events) expect(sizeOf(event)).toBeLessThanOrEqual(LARGEST_EVENT_BYTES);
        expect(emitted.map(({ index }) => index)).toEqual(quotes.map((_, index) => index));
        for (const { index, quote, quote_length: length } of emitted) {
          const whole = quotes[index] ?? "";
          expect(quote ?? whole).toBe(whole);
          expect(length ?? Array.from(whole).length).toBe(Array.from(whole).length);
        }
      }),
    );
    expect(toCitationEvents([])).toEqual([]);
  });

  it("are omitted from a message before the rest of its metadata is", () => {
    const citations = Array.from({ length: 30 }, (_, index) => citation("q".repeat(100), index));
    const metadata = { model: "m", citations, unverified_quotes: [] };
    expect(fitMessage({ ...MESSAGE, metadata }).metadata).toEqual({
      model: "m",
      citations: null,
      unverified_quotes: null,
    });
  });
});
