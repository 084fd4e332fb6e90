import fc from "fast-check";
import { expect, it } from "vitest";
import { readEventData } from "../../src/lib/event-data.ts";

const EVENTS = ['{"a":"é𝒳"}', "[DONE]", '{"b":"data: no"}'];
const WIRE = new TextEncoder().encode(
  `: hello\n\ndata: ${EVENTS[0]}\n\nevent: x\r\ndata:${EVENTS[1]}\r\n\r\ndata: ${EVENTS[2]}\n\n`,
);

/** A response whose body comes in pieces cut at these places. */
function cutAt(places: number[]): Response {
  const ends = [...places, WIRE.byteLength].toSorted((a, b) => a - b);
  const pieces = ends.map((end, index) => WIRE.slice(ends[index - 1] ?? 0, end));
  return new Response(bodyOf(pieces.filter((piece) => piece.byteLength > 0)));
}

it("Events are read the same wherever the network cuts them, inside a character too", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(WIRE.byteLength), { maxLength: 12 }), async (places) => {
      const read: string[] = [];
      for await (const data of readEventData(cutAt(places))) read.push(...data);
      expect(read).toEqual(EVENTS);
    }),
  );
});

it("Events that came together are read together", async () => {
  const lists: string[][] = [];
  for await (const data of readEventData(cutAt([]))) lists.push(data);
  expect(lists).toEqual([EVENTS]);
});

/** A body that gives one piece at each reading. */
function bodyOf(pieces: Uint8Array[]): ReadableStream<Uint8Array> {
  const left = pieces.values();
  return new ReadableStream({
    pull(controller) {
      const { value, done } = left.next();
      if (done) controller.close();
      else controller.enqueue(value);
    },
  });
}
