/**
 * `npm run bench`: what a client of the built Worker on workerd measures, compared with the same client of
 * the provider itself and of a bare Worker that passes the bytes through; all in one run, because machines
 * are noisy and only ratios mean something.
 */
import { copyFile } from "node:fs/promises";
import { join } from "node:path";
import type { Target } from "./client.ts";
import { makeFolder, startPostgres, startScript, startWorkerd, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { printStreams, printTargets, type Row, say } from "./report.ts";
import { measureRequests } from "./requests.ts";
import { measureStreams, type StreamFigures } from "./streams.ts";
import { freePort } from "../local/ports.ts";
import { writeConfig } from "../local/workerd.ts";

const QUICK = process.argv.includes("--quick");
const ROUNDS = QUICK ? 3 : 10;
const AT_ONCE = [1, 10, 50];

async function main(): Promise<void> {
  const postgresUrl = await startPostgres();
  say(postgresUrl ? "Postgres: a real server" : "Postgres: embedded (no server is installed)");
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts", postgresUrl);
  const bareUrl = await startBareWorker(`${provider.url}/chat/completions`);
  const product = await startProduct(varsOf(neon, provider));
  await compareStreams(`${provider.url}/chat/completions`, bareUrl, product);
  if (postgresUrl) await printRequests(product);
}

async function startBareWorker(providerUrl: string): Promise<string> {
  const folder = await makeFolder();
  await copyFile(join(import.meta.dirname, "bare-worker.js"), join(folder, "bare-worker.js"));
  const port = await freePort();
  const vars = { PROVIDER_URL: providerUrl };
  const config = await writeConfig({
    folder,
    modules: ["bare-worker.js"],
    port,
    vars,
    rooms: false,
  });
  await startWorkerd(config, port);
  return `http://127.0.0.1:${port}/`;
}

function plain(url: string): Target {
  return { url, headers: {}, body: "{}" };
}

async function compareStreams(directUrl: string, bareUrl: string, product: Product): Promise<void> {
  const rows: Row[] = [];
  const row = async (
    atOnce: number,
    target: string,
    of: (index: number, round: number) => Target,
  ) => {
    const figures = await measureStreams(atOnce, ROUNDS, of);
    const memory = target.startsWith("ours") ? product.memoryMiB() : undefined;
    rows.push({ atOnce, target, figures, memoryMiB: memory });
    return figures;
  };
  let last: [StreamFigures, StreamFigures, StreamFigures] | undefined;
  for (const atOnce of AT_ONCE) {
    const direct = await row(atOnce, "the provider", () => plain(directUrl));
    const bare = await row(atOnce, "a bare Worker", () => plain(bareUrl));
    const open = await openRooms(product, atOnce);
    const ours = await row(atOnce, "ours, open rooms", (index) => product.ask(open[index] ?? ""));
    const fresh = await product.newChats(atOnce * ROUNDS);
    await row(atOnce, "ours, new rooms", (index, round) =>
      product.ask(fresh[index * ROUNDS + round] ?? ""),
    );
    last = [direct, bare, ours];
  }
  printStreams(rows);
  if (last) printTargets(...last);
}

/** Turns in each room before it is measured: a new process still compiles its code. */
const WARM_UP_ROUNDS = 4;

/** Chats with a few turns each. */
async function openRooms(product: Product, count: number): Promise<string[]> {
  const ids = await product.newChats(count);
  await measureStreams(count, WARM_UP_ROUNDS, (index) => product.ask(ids[index] ?? ""));
  return ids;
}

async function printRequests({ url, headers, newChats }: Product): Promise<void> {
  const [chatId] = await newChats(1);
  say("");
  say("| at 20 connections | requests/s |");
  say("|---|---|");
  for (const [method, path, body] of [
    ["GET", "/chats", undefined],
    ["GET", `/chats/${chatId}/messages`, undefined],
    ["POST", "/chats", "{}"],
  ] as const) {
    const perSecond = await measureRequests(method, url + path, headers, body);
    say(`| \`${method} ${path.replace(chatId ?? "", "{id}")}\` | ${perSecond.toFixed(0)} |`);
  }
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
