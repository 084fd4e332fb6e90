/** Builds a Worker whenever a source changes; a failure is printed, and leaves the last one in place. */
import { mkdir } from "node:fs/promises";
import { type BuildContext, type BuildResult, context } from "esbuild";
import { replaceFiles } from "../replace-files.ts";
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
    await replaceFiles(folder, result);
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
