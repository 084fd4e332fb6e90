/** The figures of a run as tables; the only file here that writes to the console. */
import type { StreamFigures } from "./streams.ts";

export type Row = {
  atOnce: number;
  target: string;
  figures: StreamFigures;
  memoryMiB: number | undefined;
};

/** A figure of ours and what it is compared with, in the same unit. */
export type Line = {
  what: string;
  ours: number;
  beside: number;
  /** The limits of ours as a multiple of the other. */
  most?: number;
  least?: number;
};

const PROVIDER_FIRST_TOKEN_MS = 50;

export function say(text: string): void {
  console.log(text);
}

export function printStreams(rows: Row[]): void {
  say(
    "| streams at once | client of | first token beyond the provider's, ms (p95) | delay per token, ms (p95) | streams/s | workerd, MiB |",
  );
  say("|---|---|---|---|---|---|");
  for (const { atOnce, target, figures, memoryMiB } of rows) {
    const first = pair(figures.firstTokenMs, figures.firstTokenP95Ms, PROVIDER_FIRST_TOKEN_MS);
    const token = pair(figures.tokenDelayMs, figures.tokenDelayP95Ms, 0);
    const memory = memoryMiB === undefined ? "" : memoryMiB.toFixed(0);
    say(
      `| ${atOnce} | ${target} | ${first} | ${token} | ${figures.streamsPerSecond.toFixed(1)} | ${memory} |`,
    );
  }
}

function pair(median: number, p95: number, own: number): string {
  return `${(median - own).toFixed(1)} (${(p95 - own).toFixed(1)})`;
}

/** Prints for each target whether it is met, by the ratios of one run. */
export function printTargets(
  direct: StreamFigures,
  bare: StreamFigures,
  ours: StreamFigures,
): void {
  const share = ours.streamsPerSecond / direct.streamsPerSecond;
  const firstMs = ours.firstTokenMs - bare.firstTokenMs;
  const tokenMs = ours.tokenDelayMs - direct.tokenDelayMs;
  say("");
  say(verdict(share >= 0.9, `${share.toFixed(2)} of the direct streams per second (0.9 at least)`));
  say(
    verdict(
      firstMs <= 30,
      `first token ${firstMs.toFixed(1)} ms later than the bare Worker's (30 at most)`,
    ),
  );
  say(
    verdict(
      tokenMs <= 3,
      `token delay ${tokenMs.toFixed(1)} ms more than direct, median (3 at most)`,
    ),
  );
}

function verdict(met: boolean, text: string): string {
  return `${met ? "met   " : "MISSED"}  ${text}`;
}
