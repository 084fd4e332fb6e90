import { describe, expect, it } from "vitest";
import { PacedBody } from "../../src/http/paced-body.ts";
import { Problem } from "../../src/lib/problem.ts";

const PACE = { slackMs: 1_000, bytesPerSecond: 100 };

/**
 * Reads a body whose chunks arrive at given times of a simulated clock; returns what was read of it, and
 * how it ended.
 */
async function read(chunks: [afterMs: number, sizeBytes: number][]) {
  let [now, next, isCancelled] = [0, 0, false];
  const body = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => {
        const [afterMs, sizeBytes] = chunks[next++] ?? [];
        if (afterMs === undefined || sizeBytes === undefined) return controller.close();
        now += afterMs;
        return controller.enqueue(new Uint8Array(sizeBytes));
      },
      cancel: () => void (isCancelled = true),
    },
    { highWaterMark: 0 },
  );
  const paced = new PacedBody(body, PACE, () => now);
  let sizeBytes = 0;
  const readAgain = async () => {
    for await (const chunk of paced) sizeBytes += chunk.byteLength;
    return "whole";
  };
  const code = (error: unknown) => (error instanceof Problem ? error.code : error);
  const end = await readAgain().catch(code);
  const taken = next;
  // A later read gets the same error, and no more of the body.
  expect(await readAgain().catch(code)).toBe(end);
  return { end, sizeBytes, isCancelled, isReadFurther: next > taken && !isCancelled };
}

const times = (count: number, afterMs: number, sizeBytes: number) =>
  Array.from({ length: count }, (): [number, number] => [afterMs, sizeBytes]);

describe("a body is read whole", () => {
  it.each<[string, [number, number][]]>([
    ["at once", [[0, 10_000]]],
    ["at just the least rate, for long", times(500, 500, 50)],
    ["at that rate, byte by byte", times(5_000, 10, 1)],
    [
      "with stalls that it makes up for",
      Array.from({ length: 20 }, () => times(1, 900, 90)).flat(),
    ],
    ["after a beginning that was late", [[999, 1], ...times(100, 10, 1)]],
    ["with nothing in it", []],
  ])("that arrives %s", async (_how, chunks) => {
    const { end, sizeBytes, isCancelled } = await read(chunks);
    expect([end, isCancelled]).toEqual(["whole", false]);
    expect(sizeBytes).toBe(chunks.reduce((sum, [, size]) => sum + size, 0));
  });
});

describe("a body is read no further, and cancelled,", () => {
  it.each<[string, [number, number][]]>([
    ["that drips", times(100, 500, 1)],
    ["that drips nothing at all", times(100, 500, 0)],
    ["that slows to a trickle after a fast start", [[0, 1_000_000], ...times(100, 500, 1)]],
    ["that is a little below the least rate for long", times(500, 500, 45)],
  ])("%s", async (_how, chunks) => {
    const { end, isCancelled, isReadFurther } = await read(chunks);
    expect([end, isCancelled, isReadFurther]).toEqual(["body_too_slow", true, false]);
  });
});
