/** The tests of paging, for any number of runs. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignedIn } from "../client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../own-world.ts";
import { type ListName, listsOf, ROUTES_OF_LISTS, signUpReader } from "./lists.ts";
import { faultsOf, plans } from "./property.ts";

const LISTS = Object.keys(ROUTES_OF_LISTS) as ListName[];

const SLOWEST_RUN_MS = 2_000;

/** `numRuns`: for each list. */
export function describePaging(runs: { numRuns: number; seed: number }): void {
  let world: OwnWorld;
  let reader: SignedIn;
  let lists: ReturnType<typeof listsOf>;
  beforeAll(async () => {
    world = await startOwnWorld();
    reader = await signUpReader(world);
    lists = listsOf(world, reader);
  }, WORLD_START_MS);
  afterAll(() => world.close());

  const timeout = 30_000 + SLOWEST_RUN_MS * runs.numRuns;
  describe("paging through", () => {
    it.each(LISTS)(
      "%s misses none and repeats none, whatever is added and removed meanwhile",
      { timeout },
      async (name) => {
        const holds = fc.asyncProperty(plans, async (plan) => {
          expect(await faultsOf(reader, lists[name], plan)).toEqual([]);
        });
        await fc.assert(holds, runs);
      },
    );
  });
}
