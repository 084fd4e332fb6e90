import fc from "fast-check";
import { expect, it } from "vitest";
import { EventDataReader } from "../../src/lib/event-data.ts";

const EVENTS = ['{"a":"é𝒳"}', "[DONE]", '{"b":"data: no"}'];
const WIRE = new TextEncoder().encode(
  `: hello\n\ndata: ${EVENTS[0]}\n\nevent: x\r\ndata:${EVENTS[1]}\r\n\r\ndata: ${EVENTS[2]}\n\n`,
);

/** What is read of the bytes when they are cut at these places. */
function readCutAt(places: number[]): string[][] {
  const reader = new EventDataReader();
  const ends = [...places, WIRE.byteLength].toSorted((a, b) => a - b);
  return ends.map((end, index) => reader.push(WIRE.slice(ends[index - 1] ?? 0, end)));
}

it("Events are read the same wherever the network cuts them, inside a character too", () => {
  const anyPlaces = fc.array(fc.nat(WIRE.byteLength), { maxLength: 12 });
  fc.assert(
    fc.property(anyPlaces, (places) => {
      expect(readCutAt(places).flat()).toEqual(EVENTS);
    }),
  );
});

it("Events that came together are read together", () => {
  expect(readCutAt([])).toEqual([EVENTS]);
});
