/** What a running stream takes of the Worker's process. */
import { setTimeout as delay } from "node:timers/promises";
import { type Bare, startBareWorker } from "../bare.ts";
import { openStream, type Target } from "../client.ts";
import { startServices } from "../processes.ts";
import { type Product, startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureStreams } from "../streams.ts";

const STREAMS = 200;
const HELD = "Wait with the rest. [held]";
/** Long enough for freed memory to be returned. */
const SETTLE_MS = 3_000;

export async function measureMemory(): Promise<Line[]> {
  const { provider, neon } = await startServices();
  const bare = await startBareWorker(provider.url);
  const product = await startProduct(varsOf(neon, provider));
  const passed = () => ({ url: bare.url, headers: {}, body: HELD });
  const ids = await product.newChats(STREAMS);
  const ours = (index: number) => product.ask(ids[index] ?? "", HELD);
  await warmUp(product, bare);
  return [
    {
      what: `memory of a running stream with its subscriber, of ${STREAMS}, KiB`,
      ours: await kibOf(product, ours),
      beside: await kibOf(bare, passed),
      of: "a bare Worker",
    },
  ];
}

async function warmUp(product: Product, bare: Bare): Promise<void> {
  const ids = await product.newChats(50);
  await measureStreams(ids.length, 2, (index) => product.ask(ids[index] ?? ""));
  await measureStreams(50, 2, () => ({ url: bare.url, headers: {}, body: "{}" }));
  await delay(SETTLE_MS);
}

/** Of each held stream; not a number where the machine does not report it. */
async function kibOf(process: Bare | Product, target: (index: number) => Target): Promise<number> {
  const before = process.memoryMiB() ?? Number.NaN;
  const streams = await Promise.all(
    Array.from({ length: STREAMS }, (_, index) => openStream(target(index), "content")),
  );
  const kib = (((process.memoryMiB() ?? Number.NaN) - before) * 1_024) / STREAMS;
  for (const leave of streams) leave();
  return kib;
}
