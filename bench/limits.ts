/**
 * `npm run bench:limits`: the limits of one process. Memory per running turn and per subscriber, tokens per
 * second, and how long recovery from a crash takes.
 */
import { setTimeout as delay } from "node:timers/promises";
import { call, countDeltas, now, openStream } from "./client.ts";
import { startPostgres, startScript, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";
import { measureStreams } from "./streams.ts";

const LONG_ANSWERS = 100;
const TURNS = 200;
const SUBSCRIBERS = 500;
const HELD = "Wait with the rest. [held]";
/** Long enough for freed memory to be returned. */
const SETTLE_MS = 3_000;

async function main(): Promise<void> {
  const postgresUrl = await startPostgres();
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts", postgresUrl);
  const product = await startProduct(varsOf(neon, provider));
  await warmUp(product);
  // First: memory left by later loads would hide it.
  await memory(product);
  await saturation(product);
  await recovery(product);
}

async function warmUp(product: Product): Promise<void> {
  const ids = await product.newChats(50);
  await measureStreams(ids.length, 4, (index) => product.ask(ids[index] ?? ""));
}

/** 100 answers of 500 tokens; the provider sends 10,000 tokens a second in all. */
async function saturation(product: Product): Promise<void> {
  const ids = await product.newChats(LONG_ANSWERS);
  const startedAt = now();
  const counts = await Promise.all(ids.map((id) => countDeltas(product.ask(id, "All. [many]"))));
  const seconds = (now() - startedAt) / 1_000;
  const events = counts.reduce((sum, count) => sum + count, 0);
  say(`Of 10,000 tokens/s one process emits ${(events / seconds).toFixed(0)} events/s`);
}

async function memory(product: Product): Promise<void> {
  await delay(SETTLE_MS);
  const atRest = product.memoryMiB() ?? Number.NaN;
  const ids = await product.newChats(TURNS);
  const turns = await Promise.all(ids.map((id) => openStream(product.ask(id, HELD))));
  const running = product.memoryMiB() ?? Number.NaN;
  const target = { url: `${product.url}/chats/${ids[0]}/stream`, headers: product.headers };
  const subscribers: (() => void)[] = [];
  for (let opened = 0; opened < SUBSCRIBERS; opened++) subscribers.push(await openStream(target));
  const read = product.memoryMiB() ?? Number.NaN;
  say(`Memory: ${atRest.toFixed(0)} MiB before`);
  say(
    `  ${perPiece(running - atRest, TURNS)} KiB a running turn with its subscriber (of ${TURNS})`,
  );
  say(
    `  ${perPiece(read - running, SUBSCRIBERS)} KiB a further subscriber (of ${SUBSCRIBERS} in one room)`,
  );
  for (const leave of [...turns, ...subscribers]) leave();
}

function perPiece(mib: number, pieces: number): string {
  return ((mib * 1_024) / pieces).toFixed(0);
}

/** From the end of the process until a resuming subscriber has the end of its answer. */
async function recovery(product: Product): Promise<void> {
  const [asked, alone] = await product.newChats(2);
  for (const id of [asked, alone]) await openStream(product.ask(id ?? "", HELD));
  await delay(1_000);
  const killedAt = now();
  await product.crash();
  const startedAt = now();
  const path = `${product.url}/chats/${asked}/stream?after=1`;
  await call("GET", path, product.headers);
  say(`After SIGKILL and ${(startedAt - killedAt).toFixed(0)} ms of start:`);
  say(`  a resuming subscriber has the end ${(now() - startedAt).toFixed(0)} ms later`);
  while (await isStreaming(product, alone ?? "")) await delay(250);
  say(`  an answer without a request ends ${((now() - startedAt) / 1_000).toFixed(0)} s later`);
}

async function isStreaming({ url, headers }: Product, chatId: string): Promise<boolean> {
  const messages = JSON.parse(await call("GET", `${url}/chats/${chatId}/messages`, headers));
  return messages.at(-1).status === "streaming";
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
