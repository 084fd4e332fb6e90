/** What a start costs: work before the first request, time to the first response, and the code. */
import { execFile } from "node:child_process";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { configureBareHono, configureBareWorker } from "../bare.ts";
import { now } from "../client.ts";
import { startServices } from "../processes.ts";
import { bundleOnce, configureProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { quantile } from "../streams.ts";
import { startUpModules } from "../../local/start-up-modules.ts";
import { COMPATIBILITY_DATE, ROOT, startWorkerd } from "../../local/workerd.ts";

const ROUNDS = 7;

/** Cloudflare's limit of a compressed Worker, on its free plan. */
const FREE_KIB = 3 * 1024;

/** Of the start-up modules, by our own aim. */
const MOST_KIB = 350;

/** What the bundler writes beside the modules. */
const NO_MODULES = /\.map$|^README\.md$/;

export async function measureStart(): Promise<Line[]> {
  const { provider, neon } = await startServices();
  const product = await configureProduct(varsOf(neon, provider));
  const bare = await configureBareWorker(provider.url);
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(await timeOf(product));
    times[1].push(await timeOf(bare));
  }
  return [
    ...(await compareStartUp(varsOf(neon, provider))),
    {
      what: "start of the process to its first response, ms",
      ours: quantile(times[0], 0.5),
      beside: quantile(times[1], 0.5),
      of: "a bare Worker",
    },
    {
      what: "bundle, compressed, KiB",
      ours: await bundleKib(),
      beside: FREE_KIB,
      of: "the limit of Workers Free",
      atMost: 1,
    },
  ];
}

/** What the platform parses and runs before the first request, beside a Hono Worker that is built the same way. */
async function compareStartUp(vars: Record<string, string>): Promise<Line[]> {
  const bare = await configureBareHono(vars);
  await writeFile(join(bare.folder, "wrangler.toml"), BARE_CONFIG);
  const times: [number[], number[]] = [[], []];
  for (let round = 0; round < ROUNDS; round++) {
    times[0].push(await activeMs(ROOT, bare.folder));
    times[1].push(await activeMs(bare.folder, bare.folder));
  }
  const [own, beside] = [
    await startUpKib(await bundleOnce(), "index.js"),
    await startUpKib(bare.folder, "hono.js"),
  ];
  const of = "a bare Hono Worker";
  return [
    {
      what: "start-up, ms active in `wrangler check startup`",
      ours: quantile(times[0], 0.5),
      beside: quantile(times[1], 0.5),
      of,
    },
    { what: "start-up modules, compressed, KiB", ours: own, beside, of },
    {
      what: "start-up modules, compressed, KiB",
      ours: own,
      beside: MOST_KIB,
      of: "the aim",
      atMost: 1,
    },
  ];
}

const BARE_CONFIG = `name = "bare"
main = "hono.js"
no_bundle = true
compatibility_date = "${COMPATIBILITY_DATE}"
`;

/** Of the Worker whose configuration is in the folder; the profile is written to another. */
async function activeMs(cwd: string, folder: string): Promise<number> {
  const wrangler = join(ROOT, "node_modules", "wrangler", "bin", "wrangler.js");
  const args = [wrangler, "check", "startup", "--outfile", join(folder, "start.cpuprofile")];
  const env = { ...process.env, WRANGLER_SEND_METRICS: "false" };
  const { stdout } = await promisify(execFile)(process.execPath, args, { cwd, env });
  return Number(/Active: ([\d.]+) ms/.exec(stdout)?.[1]);
}

async function startUpKib(folder: string, entry: string): Promise<number> {
  const codes = [...(await startUpModules(folder, entry)).values()];
  return codes.reduce((sum, code) => sum + gzipSync(code).byteLength, 0) / 1024;
}

async function timeOf({ config, port }: { config: string; port: number }): Promise<number> {
  const startedAt = now();
  const child = await startWorkerd(config, port);
  const ms = now() - startedAt;
  child.kill("SIGKILL");
  return ms;
}

async function bundleKib(): Promise<number> {
  const folder = await bundleOnce();
  const names = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = names.filter((file) => file.isFile() && !NO_MODULES.test(file.name));
  const sizes = await Promise.all(
    files.map(
      async ({ parentPath, name }) => gzipSync(await readFile(join(parentPath, name))).length,
    ),
  );
  return sizes.reduce((sum, size) => sum + size, 0) / 1024;
}
