/**
 * The build step of `wrangler.toml`: the assets, and the Worker as modules. What `import()` loads is a module of its
 * own, so that nobody pays at start-up for a document that is read later. With `DEV_WORKER` the Worker of
 * `dev/worker.ts`, with readable code, in that folder.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { copyAssets } from "./assets.ts";
import { leaveOutUnused } from "./unused-parts.ts";

const ROOT = join(import.meta.dirname, "..");

/** Bundles a Worker into a folder of modules, which is emptied first. */
async function buildWorker(entryPoint: string, folder: string, isReadable: boolean): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await build({
    absWorkingDir: ROOT,
    entryPoints: { index: entryPoint },
    outdir: folder,
    bundle: true,
    splitting: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["cloudflare:*", "node:*"],
    define: { "process.env.NODE_ENV": '"production"' },
    plugins: [leaveOutUnused],
    minify: !isReadable,
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "warning",
  });
}

const { DEV_WORKER } = process.env;
await copyAssets();
await (DEV_WORKER
  ? buildWorker("local/dev/worker.ts", DEV_WORKER, true)
  : buildWorker("src/index.ts", join(ROOT, "dist", "worker"), false));
