/** What esbuild has built, in place of what it built before. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BuildResult } from "esbuild";

/** Writes the files into the folder, and removes those of an earlier build; folders in it stay. */
export async function replaceFiles(
  folder: string,
  { outputFiles = [] }: Pick<BuildResult, "outputFiles">,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const names = new Set(outputFiles.map(({ path }) => basename(path)));
  const entries = await readdir(folder, { withFileTypes: true });
  const old = entries.filter((entry) => entry.isFile() && !names.has(entry.name));
  for (const { name } of old) await rm(join(folder, name), { force: true });
}
