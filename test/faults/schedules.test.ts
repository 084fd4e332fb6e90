import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type Failure, ManyWorlds } from "../support/faults/many-worlds.ts";

/** Few enough for every run of the tests; `npm run test:faults` takes thousands. */
const COUNT = Number(process.env.FAULT_SCHEDULES ?? 200);
const FIRST = Number(process.env.FAULT_FIRST_SEED ?? 1);
const ONE = process.env.FAULT_SEED;
const SLOWEST_MS = 2_000;

let worlds: ManyWorlds;
beforeAll(async () => {
  worlds = await ManyWorlds.start();
});
afterAll(() => worlds.close());

it(
  "Whatever fails, and whenever the process is killed, nothing is lost, doubled or stuck",
  async () => {
    const seeds = ONE ? [Number(ONE)] : Array.from({ length: COUNT }, (_, place) => FIRST + place);
    const failures = await worlds.run(seeds);
    expect(failures.length, await tell(failures)).toBe(0);
  },
  60_000 + COUNT * SLOWEST_MS,
);

/** Which seeds failed, why, how to see one again, and where all that happened is written down. */
async function tell(failures: Failure[]): Promise<string> {
  const reports = await Promise.all(
    failures.map(async ({ schedule, violations, history }) => {
      const file = join(tmpdir(), `fault-seed-${schedule.seed}.json`);
      await writeFile(
        file,
        JSON.stringify({ schedule: show(schedule), violations, history }, null, 1),
      );
      return `FAULT_SEED=${schedule.seed} npm run test:faults (${file})\n  ${violations.join("\n  ")}`;
    }),
  );
  return `\n${reports.join("\n")}\n`;
}

function show(schedule: Failure["schedule"]) {
  const { postgresFaults, providerFaults, ...rest } = schedule;
  return { ...rest, postgresFaults: [...postgresFaults], providerFaults: [...providerFaults] };
}
