/** Reports failures so that they can be reproduced. */
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Failure } from "./many-worlds.ts";

/** Which schedules failed, why, how to replay one, and where its history is written. */
export async function reportFailures(failures: Failure[]): Promise<string> {
  const reports = await Promise.all(
    failures.map(async ({ schedule, violations, history }) => {
      const { seed } = schedule;
      const file = join(tmpdir(), `fault-seed-${seed}.json`);
      await writeFile(file, JSON.stringify({ schedule, violations, history }, writeMap, 1));
      return `FAULT_SEED=${seed} npm run test:faults (${file})\n  ${violations.join("\n  ")}`;
    }),
  );
  return `\n${reports.join("\n")}\n`;
}

function writeMap(_key: string, value: unknown): unknown {
  return value instanceof Map ? [...value] : value;
}
