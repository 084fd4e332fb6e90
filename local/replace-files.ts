/** Writes what esbuild has built. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { BuildResult } from "esbuild";

type Built = Pick<BuildResult, "outputFiles">;

/** Writes the files into the folder, which is their `outdir`; what is in it stays. */
export async function writeFiles(folder: string, { outputFiles = [] }: Built): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
}

/** The same, and removes the files of an earlier build; folders in it stay. */
export async function replaceFiles(folder: string, built: Built): Promise<void> {
  await writeFiles(folder, built);
  const names = new Set((built.outputFiles ?? []).map(({ path }) => basename(path)));
  const entries = await readdir(folder, { withFileTypes: true });
  const old = entries.filter((entry) => entry.isFile() && !names.has(entry.name));
  for (const { name } of old) await rm(join(folder, name), { force: true });
}
