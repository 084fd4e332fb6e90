/** How long a Worker takes from its process to its first response, and how large its bundle is. */
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { configureBareWorker } from "../bare.ts";
import { now } from "../client.ts";
import { startServices } from "../processes.ts";
import { bundleOnce, configureProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { quantile } from "../streams.ts";
import { startWorkerd } from "../../local/workerd.ts";

const ROUNDS = 7;

/** Cloudflare's limit of a compressed Worker, on its free plan. */
const FREE_KIB = 3 * 1024;

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
