/** Builds a Worker whenever a source changes; a failure is printed, and leaves the last one in place. */
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type BuildContext, type BuildResult, context } from "esbuild";
import { workerBuild } from "../worker-build.ts";

/**
 * Builds an entry into a folder. Resolves once the folder holds a Worker, after a correction if need be, with esbuild's
 * context: it builds at once, or stops.
 */
export async function watchBuild(entryPoint: string, folder: string): Promise<BuildContext> {
  await mkdir(folder, { recursive: true });
  const { promise: built, resolve } = Promise.withResolvers<void>();
  const { plugins = [], ...options } = workerBuild(entryPoint, folder);
  const onEnd = async (result: BuildResult) => {
    if (result.errors.length > 0) return;
    await replaceModules(folder, result);
    resolve();
  };
  const write = {
    name: "write",
    setup: (build: { onEnd: (end: typeof onEnd) => void }) => build.onEnd(onEnd),
  };
  // esbuild itself would remove the modules when a build fails.
  const building = await context({ ...options, plugins: [...plugins, write], write: false });
  await building.watch();
  await built;
  return building;
}

/** Writes the modules, and removes those of an earlier build. */
async function replaceModules(folder: string, { outputFiles = [] }: BuildResult): Promise<void> {
  for (const { path, contents } of outputFiles) await writeFile(path, contents);
  const names = new Set(outputFiles.map(({ path }) => basename(path)));
  const old = (await readdir(folder)).filter((name) => !names.has(name));
  for (const name of old) await rm(join(folder, name), { recursive: true });
}
