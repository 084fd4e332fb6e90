/** A number of streams at once, repeatedly, as a client sees them. */
import { setTimeout as delay } from "node:timers/promises";
import { now, readStream, type Target } from "./client.ts";

export type StreamFigures = {
  firstTokenMs: number;
  firstTokenP95Ms: number;
  /** As the answers report it. */
  overheadMs: number;
  tokenDelayMs: number;
  tokenDelayP95Ms: number;
  streamsPerSecond: number;
};

/** Long enough that the starts do not stay together, short compared with a stream. */
const STAGGER_MS = 500;

/** Keeps `atOnce` streams open, each slot reading `rounds` of them in a row. */
export async function measureStreams(
  atOnce: number,
  rounds: number,
  target: (index: number, round: number) => Target,
): Promise<StreamFigures> {
  const firstTokens: number[] = [];
  const overheads: number[] = [];
  const delays: number[] = [];
  const spans = await Promise.all(
    Array.from({ length: atOnce }, async (_, index) => {
      await delay((index * STAGGER_MS) / atOnce);
      const startedAt = now();
      for (let round = 0; round < rounds; round++) {
        const times = await readStream(target(index, round));
        firstTokens.push(times.firstTokenMs);
        overheads.push(times.overheadMs);
        delays.push(...times.tokenDelaysMs);
      }
      return now() - startedAt;
    }),
  );
  const meanMs = spans.reduce((sum, span) => sum + span, 0) / atOnce / rounds;
  return {
    firstTokenMs: quantile(firstTokens, 0.5),
    firstTokenP95Ms: quantile(firstTokens, 0.95),
    overheadMs: quantile(overheads, 0.5),
    tokenDelayMs: quantile(delays, 0.5),
    tokenDelayP95Ms: quantile(delays, 0.95),
    streamsPerSecond: (atOnce * 1_000) / meanMs,
  };
}

export function quantile(values: number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? Number.NaN;
}
