/**
 * The build step of `wrangler.toml`: the assets, the page of `/app`, and the Worker as modules. What `import()` loads is a module of its
 * own, so that nobody pays at start-up for a document that is read later.
 */
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { ASSETS_FOLDER, copyAssets } from "./assets.ts";
import { buildPage } from "./web-build.ts";
import { ROOT, workerBuild } from "./worker-build.ts";

const folder = join(ROOT, "dist", "worker");

await copyAssets(ASSETS_FOLDER);
await buildPage();
await rm(folder, { recursive: true, force: true });
await build({ ...workerBuild("src/index.ts", folder), minify: true });
