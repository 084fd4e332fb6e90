/**
 * Most tests need an account, and few are about its registration: a hash takes as long as all else that a test does.
 * This is the product's own registration, with a hash of the one password that was made before.
 */
import { once } from "node:events";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { build } from "esbuild";
import { makeFolder } from "../../local/scratch.ts";
import type { Vars } from "./worker.ts";

const THREAD = join(import.meta.dirname, "planted-accounts-thread.ts");

/**
 * Takes a name and an address, and responds as `POST /auth/register` of a Worker with these variables does. In a thread,
 * because the address of Postgres is one for all that loads Neon's driver, and a process may have two worlds.
 */
export async function servePlantedAccounts(vars: Vars) {
  await using folder = await scratchFolder();
  const outfile = join(folder.path, "thread.cjs");
  await build({
    entryPoints: [THREAD],
    outfile,
    bundle: true,
    platform: "node",
    logLevel: "warning",
  });
  const thread = new Worker(outfile, { workerData: vars });
  const [origin]: string[] = await once(thread, "message");
  const close = async () => void (await thread.terminate());
  return { origin, close };
}

async function scratchFolder() {
  const { path, remove } = await makeFolder("accounts");
  return { path, [Symbol.asyncDispose]: remove };
}
