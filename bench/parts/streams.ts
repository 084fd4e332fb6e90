/** 1 to 500 streams at once, as the same client sees them of the provider, of a bare Worker and of ours. */
import { startBareRoom, startBareWorker } from "../bare.ts";
import type { Target } from "../client.ts";
import { startServices } from "../processes.ts";
import { type Product, startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureStreams, type StreamFigures } from "../streams.ts";

/** Streams at once, how many each client reads in a row, and turns in each room before it is measured. */
const LOADS = [
  { atOnce: 1, rounds: 8, warmUp: 3 },
  { atOnce: 10, rounds: 6, warmUp: 3 },
  { atOnce: 25, rounds: 6, warmUp: 3 },
  { atOnce: 50, rounds: 6, warmUp: 3 },
  { atOnce: 500, rounds: 1, warmUp: 1 },
];

/**
 * By streams at once: the share of the provider's rate, and by how many milliseconds the first token comes later than a
 * bare Worker's, a token later than direct. 50 streams fill two cores with everything that the bench runs.
 */
const TARGETS: Record<number, Targets> = {
  25: { perSecond: { atLeast: 0.97 }, first: { atMostMore: 15 }, token: { atMostMore: 2 } },
  50: { perSecond: { atLeast: 0.9 }, first: { atMostMore: 30 }, token: { atMostMore: 3 } },
};

/** CPU of a turn, as a multiple of a bare room's. */
const MOST_CPU = 1.25;

type Targets = Record<"perSecond" | "first" | "token", Partial<Line>>;
type Load = (typeof LOADS)[number];
/** `cpuMs`: of workerd, for a stream. */
type Measured = StreamFigures & { cpuMs: number };

export async function compareStreams(): Promise<Line[]> {
  const { provider, neon } = await startServices();
  const bare = await startBareWorker(provider.url);
  const room = await startBareRoom(provider.url);
  const product = await startProduct(varsOf(neon, provider));
  const lines: Line[] = [];
  for (const load of LOADS) {
    const { atOnce, rounds } = load;
    const direct = await measureStreams(atOnce, rounds, () =>
      plain(`${provider.url}/chat/completions`),
    );
    const passed = await withCpu(bare, load, () => plain(bare.url));
    const inRoom = await withCpu(room, load, (index) => plain(`${room.url}${index}`));
    const ours = await measureInOpenRooms(product, load);
    const fresh = await measureInNewRooms(product, load);
    lines.push(...linesOf(atOnce, { direct, passed, ours, fresh }));
    lines.push(...cpuLinesOf(atOnce, { passed, inRoom, ours }));
  }
  return lines;
}

const plain = (url: string): Target => ({ url, headers: {}, body: "{}" });

/** Measures streams of a process after the warm-up. */
async function withCpu(
  { cpuMs }: Pick<Product, "cpuMs">,
  { atOnce, rounds, warmUp }: Load,
  target: (index: number) => Target,
): Promise<Measured> {
  await measureStreams(atOnce, warmUp, target);
  const before = cpuMs() ?? Number.NaN;
  const figures = await measureStreams(atOnce, rounds, target);
  const spentMs = (cpuMs() ?? Number.NaN) - before;
  return { ...figures, cpuMs: spentMs / atOnce / rounds };
}

async function measureInOpenRooms(product: Product, load: Load): Promise<Measured> {
  const ids = await product.newChats(load.atOnce);
  return withCpu(product, load, (index) => product.ask(ids[index] ?? ""));
}

async function measureInNewRooms(product: Product, load: Load): Promise<StreamFigures> {
  const { atOnce, rounds } = load;
  const ids = await product.newChats(atOnce * rounds);
  return measureStreams(atOnce, rounds, (index, round) =>
    product.ask(ids[index * rounds + round] ?? ""),
  );
}

/** Of a few streams the kernel counts too few ticks of 10 ms. */
const LEAST_FOR_CPU = 10;

function cpuLinesOf(
  atOnce: number,
  { passed, inRoom, ours }: Record<"passed" | "inRoom" | "ours", Measured>,
): Line[] {
  if (atOnce < LEAST_FOR_CPU) return [];
  const line = { what: `${atOnce} streams at once: CPU of a turn, ms`, ours: ours.cpuMs };
  return [
    { ...line, beside: inRoom.cpuMs, of: "a bare room", atMost: MOST_CPU },
    { ...line, beside: passed.cpuMs, of: "a bare Worker" },
  ];
}

type Compared = Record<"direct" | "passed" | "ours" | "fresh", StreamFigures>;

function linesOf(atOnce: number, { direct, passed, ours, fresh }: Compared): Line[] {
  const { perSecond, first, token } = TARGETS[atOnce] ?? {};
  const [provider, worker] = ["the provider", "a bare Worker"];
  const name = `${atOnce} ${atOnce === 1 ? "stream" : "streams at once"}`;
  return [
    {
      what: `${name}: streams per second`,
      ours: ours.streamsPerSecond,
      beside: direct.streamsPerSecond,
      of: provider,
      ...perSecond,
    },
    {
      what: `${name}: first token, ms`,
      ours: ours.firstTokenMs,
      beside: passed.firstTokenMs,
      of: worker,
      ...first,
    },
    {
      what: `${name}: first token in a new room, ms`,
      ours: fresh.firstTokenMs,
      beside: passed.firstTokenMs,
      of: worker,
    },
    {
      what: `${name}: overhead that an answer reports, ms`,
      ours: ours.overheadMs,
      beside: ours.firstTokenMs - passed.firstTokenMs,
      of: "what its first token is later than a bare Worker's",
      asDifference: true,
    },
    {
      what: `${name}: a token late by, ms`,
      ours: ours.tokenDelayMs,
      beside: direct.tokenDelayMs,
      of: provider,
      asDifference: true,
      ...token,
    },
    {
      what: `${name}: a token late by, 95th percentile, ms`,
      ours: ours.tokenDelayP95Ms,
      beside: direct.tokenDelayP95Ms,
      of: provider,
      asDifference: true,
    },
  ];
}
