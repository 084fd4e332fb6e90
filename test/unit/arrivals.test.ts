import { describe, expect, it } from "vitest";
import { joinArrivals } from "../../src/features/turns/arrivals.ts";

async function collect<T>(source: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of source) all.push(item);
  return all;
}

describe("what arrives from a provider", () => {
  it("is handed on in one list where it came together", async () => {
    async function* source() {
      yield* ["a", "b", "c"];
    }
    expect(await collect(joinArrivals(source(), Date.now))).toEqual([["a", "b", "c"]]);
  });

  it("is handed on at once where it came alone", async () => {
    const gate = Promise.withResolvers<void>();
    async function* source() {
      yield "a";
      await gate.promise;
      yield "b";
    }
    const lists = joinArrivals(source(), Date.now);
    expect((await lists.next()).value).toEqual(["a"]);
    gate.resolve();
    expect((await lists.next()).value).toEqual(["b"]);
    expect((await lists.next()).done).toBe(true);
  });

  it("comes out before the failure that cut it off", async () => {
    async function* source() {
      yield "a";
      throw new Error("cut");
    }
    const lists = joinArrivals(source(), Date.now);
    expect((await lists.next()).value).toEqual(["a"]);
    await expect(lists.next()).rejects.toThrow("cut");
  });

  it("is nothing where the source was empty", async () => {
    expect(await collect(joinArrivals((async function* () {})(), Date.now))).toEqual([]);
  });
});
