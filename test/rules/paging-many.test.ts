import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SignedIn } from "../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../support/own-world.ts";
import { type ListName, listsOf, ROUTES_OF_LISTS, signUpReader } from "../support/paging/lists.ts";
import { faultsOf, plans } from "../support/paging/property.ts";

/** How many runs of each list, and from which seed. */
const { PAGING_RUNS = "250", PAGING_SEED = "20262" } = process.env;
const RUNS = { numRuns: Number(PAGING_RUNS), seed: Number(PAGING_SEED) };
const LISTS = Object.keys(ROUTES_OF_LISTS) as ListName[];
const SLOWEST_RUN_MS = 2_000;
const TIMEOUT = { timeout: 30_000 + SLOWEST_RUN_MS * RUNS.numRuns };

let world: OwnWorld;
let reader: SignedIn;
let lists: ReturnType<typeof listsOf>;
beforeAll(async () => {
  world = await startOwnWorld();
  reader = await signUpReader(world);
  lists = listsOf(world, reader);
}, WORLD_START_MS);
afterAll(() => world.close());

describe("paging through", () => {
  it.each(LISTS)(
    "%s misses none and repeats none, whatever is added and removed meanwhile",
    TIMEOUT,
    async (name) => {
      const holds = fc.asyncProperty(plans, async (plan) => {
        expect(await faultsOf(reader, lists[name], plan)).toEqual([]);
      });
      await fc.assert(holds, RUNS);
    },
  );
});
