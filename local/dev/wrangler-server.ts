/**
 * Runs the Worker of `worker.ts` under wrangler until it is signalled. Arguments: the port, the file of variables and
 * the folder of the state. The command `wrangler dev` does the same, but also opens an inspector in which any page of
 * a browser could run code beside the Worker's secrets.
 */
import type { ChildProcess } from "node:child_process";
import { subscribe } from "node:diagnostics_channel";
import { rm, utimes } from "node:fs/promises";
import { join } from "node:path";
import { unstable_startWorker } from "wrangler";
import { copyAssets } from "../assets.ts";
import { watchPage } from "../web-build.ts";
import { ROOT } from "../worker-build.ts";
import { isFailure, toJsonLine, toReadableLine, type WorkerLog } from "./log-lines.ts";
import { watchBuild } from "./watch-build.ts";

const [port, envFile = "", stateDir = ""] = process.argv.slice(2);
/** Of this server alone: another one, or a run of the tests, may be building in this checkout. */
const MODULES = join(stateDir, "worker");
const ASSETS = join(stateDir, "assets");
const PAGE = join(ASSETS, "app");

/**
 * The document of the last build. Wrangler serves files by a list that it makes when it reloads the Worker; so it puts
 * the document among the assets then, while requests wait, and the list has the scripts that it names.
 */
const NEXT_DOCUMENT = join(stateDir, "page.html");
const toLine = process.env.LOG === "json" ? toJsonLine : toReadableLine;

/** The workerd that listens on the port: wrangler starts the other one again, but this one in vain. */
const LISTENER = `--socket-addr=entry=localhost:${port}`;

let isReady = false;

subscribe("child_process", (message) => {
  const { process: child } = message as { process: ChildProcess };
  child.once("exit", (code, signal) => {
    // Wrangler itself kills it to replace it.
    if (!isReady || child.killed || !child.spawnargs.includes(LISTENER)) return;
    process.stderr.write(
      `workerd, which listens on port ${port}, has ended (${signal ?? `exit code ${code}`}).\n`,
    );
    process.exit(1);
  });
});

await rm(ASSETS, { recursive: true, force: true });
await copyAssets(ASSETS);
await watchBuild("local/dev/worker.ts", MODULES);
await watchPage({ folder: join(PAGE, "assets"), document: NEXT_DOCUMENT }, () =>
  utimes(join(MODULES, "index.js"), new Date(), new Date()),
);
const worker = await unstable_startWorker({
  config: join(ROOT, "wrangler.toml"),
  entrypoint: join(MODULES, "index.js"),
  assets: ASSETS,
  build: {
    bundle: false,
    moduleRoot: MODULES,
    findAdditionalModules: true,
    // Reloads after each build, which esbuild reports better than a command of wrangler's.
    custom: {
      command: `cp ${quote(NEXT_DOCUMENT)} ${quote(join(PAGE, "index.html"))}`,
      watch: MODULES,
      workingDirectory: ROOT,
    },
  },
  envFiles: [envFile],
  dev: {
    remote: false,
    server: { hostname: "localhost", port: Number(port) },
    inspector: false,
    persist: stateDir,
    structuredLogsHandler: print,
  },
});

process.on("SIGTERM", () => void worker.dispose().finally(() => process.exit(0)));

await worker.ready;
isReady = true;

function print(log: WorkerLog): void {
  const line = toLine(log);
  const stream = isFailure(log.level) ? process.stderr : process.stdout;
  if (line !== undefined) stream.write(`${line}\n`);
}

/** A word of a shell's command. */
function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
