import { execFile } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it } from "vitest";
import { makeFolder } from "../../../local/scratch.ts";
import { EVERY_KIND } from "../../fixtures/every-kind.ts";
import type { MemoryInUse } from "../../support/many-files-child.ts";

const CHILD = join(import.meta.dirname, "..", "..", "support", "many-files-child.ts");

const COPIES = 42;
/** More than what is compiled late, and less than any file of each kind that would be kept. */
const MOST_GROWTH_MIB = 6;
/** Of the whole process, of which 96 may be heap: what is garbage is collected before that. */
const MOST_RESIDENT_GROWTH_MIB = 30;

it(
  "keeps nothing of 500 files of every kind that one process reads",
  { timeout: 120_000 },
  async () => {
    const folder = await makeFolder("many");
    try {
      await writeFiles(folder.path);
      const args = ["--expose-gc", "--max-old-space-size=96", CHILD, folder.path];
      const { stdout } = await promisify(execFile)(process.execPath, args);
      const [first, last] = stdout
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line) as MemoryInUse);
      expect(last?.files).toBeGreaterThan(500);
      expect((last?.usedMiB ?? 0) - (first?.usedMiB ?? 0)).toBeLessThan(MOST_GROWTH_MIB);
      expect((last?.residentMiB ?? 0) - (first?.residentMiB ?? 0)).toBeLessThan(
        MOST_RESIDENT_GROWTH_MIB,
      );
    } finally {
      await folder.remove();
    }
  },
);

async function writeFiles(folder: string): Promise<void> {
  for (let number = 0; number < COPIES; number++) {
    for (const [name, make] of Object.entries(EVERY_KIND)) {
      await writeFile(join(folder, `${number}-${name}`), (await make(number)).bytes);
    }
  }
}
