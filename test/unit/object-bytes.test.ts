import { describe, expect, it } from "vitest";
import { objectBytes } from "../../src/features/export/object-bytes.ts";
import { Problem } from "../../src/lib/problem.ts";

const WHOLE = Uint8Array.from({ length: 100 }, (_, index) => index);
const KEY = "files/1";

/** A body that fails after a number of bytes, in chunks of seven. */
function cutBody(bytes: Uint8Array, cutAt: number): ReadableStream<Uint8Array> {
  let sent = 0;
  return new ReadableStream({
    pull(controller) {
      if (sent >= bytes.length) return controller.close();
      if (sent >= cutAt) return controller.error(new Problem("storage_unavailable"));
      const end = Math.min(sent + 7, cutAt, bytes.length);
      controller.enqueue(bytes.slice(sent, end));
      sent = end;
    },
  });
}

/** A bucket whose downloads break off after so many bytes, one after the other. */
function bucketThatCuts(cuts: number[]) {
  const left = [...cuts];
  return {
    get: async (_key: string, range = { start: 0, length: WHOLE.length }) => ({
      size: WHOLE.length,
      body: cutBody(WHOLE.slice(range.start, range.start + range.length), left.shift() ?? Infinity),
    }),
  };
}

async function download(cuts: number[]): Promise<number[]> {
  const bucket = bucketThatCuts(cuts);
  const read: number[] = [];
  for await (const chunk of objectBytes(bucket, KEY, await bucket.get(KEY))) read.push(...chunk);
  return read;
}

describe("a download that the bucket breaks off", () => {
  it("is continued without a gap, wherever it was cut", async () => {
    for (let cutAt = 0; cutAt < WHOLE.length; cutAt += 1) {
      expect(await download([cutAt])).toEqual([...WHOLE]);
      expect(await download([cutAt, 3])).toEqual([...WHOLE]);
    }
  });

  it("fails with its problem when it breaks off a third time", async () => {
    await expect(download([10, 10, 10])).rejects.toThrow(Problem);
  });

  it("fails when the object was deleted meanwhile", async () => {
    const bucket = { get: async () => undefined };
    const opened = { size: WHOLE.length, body: cutBody(WHOLE, 10) };
    const bytes = objectBytes(bucket, KEY, opened);
    const all = (async () => {
      for await (const chunk of bytes) expect(chunk.length).toBeGreaterThan(0);
    })();
    await expect(all).rejects.toThrow("not_found");
  });

  it("is cancelled when nobody reads it any more", async () => {
    let isCancelled = false;
    const body = new ReadableStream<Uint8Array>({
      pull: (controller) => controller.enqueue(WHOLE),
      cancel: () => {
        isCancelled = true;
      },
    });
    for await (const chunk of objectBytes(bucketThatCuts([]), KEY, { size: 1_000, body })) {
      expect(chunk.length).toBe(100);
      break;
    }
    expect(isCancelled).toBe(true);
  });
});
