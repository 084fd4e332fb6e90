/** How the Worker is built, as modules: what `import()` loads is one of its own. */
import { join } from "node:path";
import type { BuildOptions } from "esbuild";
import { neonOverHttp } from "./neon-over-http.ts";
import { leaveOutUnused } from "./unused-parts.ts";

export const ROOT = join(import.meta.dirname, "..");

/** The options of esbuild for an entry, relative to the root, and a folder of modules. */
export function workerBuild(entryPoint: string, folder: string): BuildOptions {
  return {
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
    plugins: [leaveOutUnused, neonOverHttp],
    sourcemap: "linked",
    sourcesContent: false,
    logLevel: "warning",
  };
}
