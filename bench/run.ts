/**
 * `npm run bench`: what the built Worker on workerd does, compared in the same run with what does less or has less,
 * because machines are noisy and only ratios mean something. One table; `npm run bench -- growth latency` makes only
 * these parts of it.
 */
import { compareCrud } from "./parts/crud.ts";
import { measureGrowth } from "./parts/growth.ts";
import { sweepLatency } from "./parts/latency.ts";
import { measureMemory } from "./parts/memory.ts";
import { measureStart } from "./parts/start.ts";
import { compareStreams } from "./parts/streams.ts";
import { stopAll } from "./processes.ts";
import { type Line, printTable, say, sayProgress } from "./report.ts";

const PARTS: Record<string, () => Promise<Line[]>> = {
  streams: compareStreams,
  crud: compareCrud,
  growth: measureGrowth,
  start: measureStart,
  latency: sweepLatency,
  memory: measureMemory,
};

async function main(wanted: string[]): Promise<void> {
  const unknown = wanted.filter((name) => !(name in PARTS));
  if (unknown.length > 0) throw new Error(`The parts are ${Object.keys(PARTS).join(", ")}.`);
  const lines: Line[] = [];
  for (const [name, measure] of Object.entries(PARTS)) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const startedAt = performance.now();
    lines.push(...(await measure()));
    sayProgress(`${name}: ${((performance.now() - startedAt) / 1_000).toFixed(0)} s`);
    // Each part has the machine for itself.
    await stopAll();
  }
  printTable(lines);
}

try {
  await main(process.argv.slice(2));
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
