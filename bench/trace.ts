/** What the trace of a request costs: its ids, the runtime's context, and the time of four calls. */
import { runTraced, timed } from "../src/lib/trace.ts";

const ROUNDS = 200_000;
const CALLS = 4;

async function call(): Promise<void> {
  await Promise.resolve();
}

async function plain(): Promise<void> {
  for (let made = 0; made < CALLS; made++) await call();
}

async function traced(): Promise<void> {
  await runTraced(undefined, async (trace) => {
    for (let made = 0; made < CALLS; made++) await timed("db", call);
    JSON.stringify(trace.fields);
  });
}

/** Microseconds of one round. */
async function measure(work: () => Promise<void>): Promise<number> {
  for (let round = 0; round < ROUNDS / 10; round++) await work();
  const startedAt = performance.now();
  for (let round = 0; round < ROUNDS; round++) await work();
  return ((performance.now() - startedAt) * 1_000) / ROUNDS;
}

const [without, withTrace] = [await measure(plain), await measure(traced)];
const difference = (withTrace - without).toFixed(1);
process.stdout.write(`${difference} µs per request with ${CALLS} calls\n`);
