/** Workers that do as little as possible, to compare the product with. */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { cpuMs, makeFolder, memoryMiB, startWorkerd } from "./processes.ts";
import { freePort } from "../local/ports.ts";
import { writeConfig } from "../local/workerd.ts";

const FOLDER = join(import.meta.dirname, "bare");

export type Bare = {
  url: string;
  memoryMiB: () => number | undefined;
  cpuMs: () => number | undefined;
};

/** The configuration of a Worker that passes the provider's bytes through. */
export function configureBareWorker(providerUrl: string) {
  return configurePassing("worker.js", providerUrl);
}

export async function startBareWorker(providerUrl: string): Promise<Bare> {
  return start(await configureBareWorker(providerUrl));
}

/** The same with a room between them; the path of a request is the room's name. */
export async function startBareRoom(providerUrl: string): Promise<Bare> {
  return start(await configurePassing("room.js", providerUrl, true));
}

async function configurePassing(module: string, providerUrl: string, rooms = false) {
  const folder = await makeFolder();
  await copyFile(join(FOLDER, module), join(folder, module));
  return configure(folder, module, { PROVIDER_URL: `${providerUrl}/chat/completions` }, rooms);
}

export async function startBareHono(vars: Record<string, string>): Promise<Bare> {
  return start(await configureBareHono(vars));
}

/** Hono with the same client of Postgres: see bare/hono.ts. */
export async function configureBareHono(vars: Record<string, string>) {
  const folder = await makeFolder();
  await build({
    entryPoints: [join(FOLDER, "hono.ts")],
    outdir: folder,
    bundle: true,
    format: "esm",
    target: "es2024",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*"],
    minify: true,
  });
  return { folder, ...(await configure(folder, "hono.js", vars)) };
}

async function configure(
  folder: string,
  module: string,
  vars: Record<string, string>,
  rooms = false,
) {
  const port = await freePort();
  return {
    port,
    config: await writeConfig({ folder, modules: [module], port, vars, rooms }),
  };
}

async function start({ config, port }: { config: string; port: number }): Promise<Bare> {
  const child = await startWorkerd(config, port);
  return {
    url: `http://127.0.0.1:${port}/`,
    memoryMiB: () => memoryMiB(child),
    cpuMs: () => cpuMs(child),
  };
}
