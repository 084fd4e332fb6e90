/** The built Worker on workerd, with a user who has chats. */
import { once } from "node:events";
import { rmSync } from "node:fs";
import { copyFile, cp } from "node:fs/promises";
import { basename, join } from "node:path";
import { call, type Target } from "./client.ts";
import { cpuMs, makeFolder, memoryMiB, startWorkerd } from "./processes.ts";
import { freePort } from "../local/ports.ts";
import { makeFolder as makeScratch } from "../local/scratch.ts";
import { bundleWorker, listModules, writeConfig } from "../local/workerd.ts";

const JSON_TYPE = { "content-type": "application/json" };

export type Product = {
  url: string;
  /** Of workerd itself, in MiB. */
  memoryMiB: () => number | undefined;
  /** Of workerd since its start, in milliseconds; undefined where the machine does not report it this way. */
  cpuMs: () => number | undefined;
  /** Kills it, and starts it again with the same disk. */
  crash: () => Promise<void>;
  headers: Record<string, string>;
  newChats: (count: number) => Promise<string[]>;
  ask: (chatId: string, content?: string) => Target;
};

const QUESTION = "How long may a landlord keep the deposit?";

/** The variables of the Worker in a bench. */
export function varsOf(
  neon: { url: string; connectionString: string },
  provider: { url: string },
): Record<string, string> {
  return {
    DATABASE_URL: neon.connectionString,
    DATABASE_HTTP_URL: neon.url,
    SECRET_KEY: "a secret of the bench, of at least 32 characters",
    LIMITS: '{"off":true}',
    OPENAI_BASE_URL: provider.url,
    OPENAI_API_KEY: "bench",
  };
}

let bundled: Promise<string> | undefined;

/** The folder with the bundle, which is made once in a run and outlives its parts. */
export function bundleOnce(): Promise<string> {
  bundled ??= makeScratch("bench").then(async ({ path }) => {
    process.once("exit", () => rmSync(path, { recursive: true, force: true }));
    await bundleWorker(path);
    return path;
  });
  return bundled;
}

/** The configuration of the built Worker in a folder of its own. `entry`: a module around it. */
export async function configureProduct(vars: Record<string, string>, entry?: string) {
  const folder = await makeFolder();
  await cp(await bundleOnce(), folder, { recursive: true });
  const port = await freePort();
  const built = await listModules(folder);
  if (entry) await copyFile(entry, join(folder, basename(entry)));
  const modules = entry ? [basename(entry), ...built] : built;
  return { port, config: await writeConfig({ folder, modules, port, vars, rooms: true }) };
}

/** Starts the built Worker, and signs up. */
export async function startProduct(
  vars: Record<string, string>,
  email = "bench@example.com",
  entry?: string,
): Promise<Product> {
  const { port, config } = await configureProduct(vars, entry);
  let child = await startWorkerd(config, port);
  const url = `http://127.0.0.1:${port}`;
  const headers = await signUp(url, email);
  return {
    url,
    headers,
    memoryMiB: () => memoryMiB(child),
    cpuMs: () => cpuMs(child),
    crash: async () => {
      const ended = once(child, "exit");
      child.kill("SIGKILL");
      await ended;
      child = await startWorkerd(config, port);
    },
    newChats: (count) => newChats(url, headers, count),
    ask: (chatId, content = QUESTION) => ({
      url: `${url}/chats/${chatId}/messages/stream`,
      headers,
      body: JSON.stringify({ content }),
    }),
  };
}

/** Signs up a user; returns the headers of their requests. */
export async function signUp(url: string, email: string): Promise<Record<string, string>> {
  const account = { name: "Bench", email, password: "seven tall lamps" };
  const answer = await call("POST", `${url}/auth/register`, JSON_TYPE, JSON.stringify(account));
  return { ...JSON_TYPE, authorization: `Bearer ${JSON.parse(answer).access_token}` };
}

/** Without automatic titles, so that a turn is one call to the provider. */
async function newChats(url: string, headers: Record<string, string>, count: number) {
  const ids: string[] = [];
  for (let made = 0; made < count; made++) {
    const answer = await call("POST", `${url}/chats`, headers, '{"auto_title":false}');
    ids.push(JSON.parse(answer).id);
  }
  return ids;
}
