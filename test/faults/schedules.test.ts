import { afterAll, beforeAll, expect, it } from "vitest";
import { ManyWorlds } from "../support/faults/many-worlds.ts";
import { makeNetworkSchedule, makeSchedule } from "../support/faults/schedule.ts";
import { tellFailures } from "../support/faults/tell.ts";

const COUNT = Number(process.env.FAULT_SCHEDULES ?? 5_000);
const FIRST = Number(process.env.FAULT_FIRST_SEED ?? 1);
const ONE = process.env.FAULT_SEED;
/**
 * These have found something once: sends at once, killed before it was known which of them began; a stop of
 * an answer that nobody knew had begun.
 */
const KNOWN = [1104, 1122, 1722, 3151];
const SLOWEST_MS = 2_000;

let worlds: ManyWorlds;
beforeAll(async () => {
  worlds = await ManyWorlds.start();
});
afterAll(() => worlds.close());

it(
  "Whatever fails, and whenever the process is killed, nothing is lost, doubled or stuck",
  async () => {
    const drawn = Array.from({ length: COUNT }, (_, place) => FIRST + place);
    const known = ONE ? [] : KNOWN.map((seed) => makeNetworkSchedule(seed, worlds.offers));
    const seeds = ONE ? [Number(ONE)] : drawn;
    const failures = await worlds.run([
      ...known,
      ...seeds.map((seed) => makeSchedule(seed, worlds.offers)),
    ]);
    expect(failures.length, await tellFailures(failures)).toBe(0);
  },
  60_000 + COUNT * SLOWEST_MS,
);
