/** What a distance to Postgres costs a client until the first token. */
import { call } from "../client.ts";
import { startScript, startServices } from "../processes.ts";
import { startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureStreams } from "../streams.ts";

const DISTANCES_MS = [0, 20, 50, 100];
const ROUNDS = 8;
const WARM_UP_ROUNDS = 4;

/** A turn asks Postgres once before it calls the provider; timers and noise may add a little. */
const MOST_TRIPS = 1.2;
const NOISE_MS = 5;

export async function sweepLatency(): Promise<Line[]> {
  const { provider, neon } = await startServices();
  const between = await startScript<{ url: string }>("slow-neon.ts", "", {
    BENCH_NEON_URL: neon.url,
  });
  const product = await startProduct(varsOf({ ...neon, url: between.url }, provider));
  const [chatId = ""] = await product.newChats(1);
  const measure = (rounds: number) => measureStreams(1, rounds, () => product.ask(chatId));
  await measure(WARM_UP_ROUNDS);
  const lines: Line[] = [];
  let nearMs = Number.NaN;
  for (const distanceMs of DISTANCES_MS) {
    await call("POST", new URL(`/delay?ms=${distanceMs}`, between.url).href, {});
    const { firstTokenMs } = await measure(ROUNDS);
    if (distanceMs === 0) nearMs = firstTokenMs;
    lines.push({
      what: `Postgres ${distanceMs} ms away: first token, ms`,
      ours: firstTokenMs,
      beside: nearMs,
      of: "0 ms away",
      asDifference: true,
      ...(distanceMs > 0 && { atMostMore: distanceMs * MOST_TRIPS + NOISE_MS }),
    });
  }
  return lines;
}
