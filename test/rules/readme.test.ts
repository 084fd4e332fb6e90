import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { catalogue } from "../../src/lib/problem.ts";

const README = join(import.meta.dirname, "..", "..", "README.md");

it("The README's table of errors is the catalogue", async () => {
  const [, table] =
    /<!-- errors -->\n([\s\S]*)<!-- \/errors -->/.exec(await readFile(README, "utf8")) ?? [];
  expect(table).toBe(errorTable());
});

function errorTable(): string {
  const rows = Object.entries(catalogue)
    .toSorted(([, a], [, b]) => a.status - b.status)
    .map(([code, { status, detail }]) => `| ${status} | \`${code}\` | ${detail} |\n`);
  return `| status | code | meaning |\n|---|---|---|\n${rows.join("")}`;
}
