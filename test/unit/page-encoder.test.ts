import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PageEncoder, type WireEncoder } from "../../src/features/turns/wire/encoder.ts";
import type { NumberedEvent } from "../../src/features/turns/wire/events.ts";
import { LARGEST_EVENT_BYTES } from "../../src/lib/event-json.ts";

/** Counts what it has encoded: an event that is encoded twice, or out of order, changes every later frame. */
function createCounting(framesOf: (id: number) => number): WireEncoder {
  let count = 0;
  return {
    encode: ({ id }) =>
      Array.from({ length: framesOf(id) }, () => `${count++}:${"x".repeat((id * 37) % 900)}\n`),
    cut: () => [`cut after ${count}`],
  };
}

function numbered(count: number): NumberedEvent[] {
  return Array.from({ length: count }, (_, index) => ({
    id: index + 1,
    event:
      index + 1 === count
        ? { type: "stream_complete" as const }
        : { type: "content_delta" as const, content: "x" },
  }));
}

describe("pages of a wire that keeps what its next frame needs", () => {
  it("are every frame once and in order, in bounded writes, however many events are at hand", () => {
    const input = fc.record({
      count: fc.integer({ min: 1, max: 60 }),
      atHand: fc.array(fc.integer({ min: 1, max: 32 }), { minLength: 1, maxLength: 10 }),
      frames: fc.integer({ min: 1, max: 5 }),
    });
    fc.assert(
      fc.property(input, ({ count, atHand, frames }) => {
        const framesOf = (id: number) => (id * 7) % (frames + 1);
        const events = numbered(count);
        const plain = createCounting(framesOf);
        const whole = events.flatMap((event) => plain.encode(event));
        const encoder = new PageEncoder(createCounting(framesOf));
        let sent = "";
        let round = 0;
        for (let at = 0; at < count;) {
          const page = encoder.encodePage(
            events.slice(at, at + (atHand[round++ % atHand.length] ?? 1)),
          );
          if (!page) throw new Error("no page of the events that are left");
          // One event may have more frames than fit.
          const most = page.count > 1 ? LARGEST_EVENT_BYTES : Infinity;
          expect(page.bytes.length).toBeLessThanOrEqual(most);
          sent += new TextDecoder().decode(page.bytes);
          at += page.count;
          expect([page.lastId, page.isLast]).toEqual([at, at === count]);
        }
        expect(sent).toBe(whole.join(""));
      }),
    );
  });

  it("end, where they are cut, with what the wire has for that", () => {
    const encoder = new PageEncoder(createCounting(() => 1));
    encoder.encodePage(numbered(3).slice(0, 2));
    expect(new TextDecoder().decode(encoder.encodeCut())).toBe("cut after 2");
  });
});
