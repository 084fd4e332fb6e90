/** 1, 10, 50 and 500 streams at once, as the same client sees them of the provider, of a bare Worker and of ours. */
import { startBareWorker } from "../bare.ts";
import type { Target } from "../client.ts";
import { startServices } from "../processes.ts";
import { type Product, startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureStreams, type StreamFigures } from "../streams.ts";

/** Streams at once, how many each client reads in a row, and turns in each room before it is measured. */
const LOADS = [
  { atOnce: 1, rounds: 8, warmUp: 3 },
  { atOnce: 10, rounds: 6, warmUp: 3 },
  { atOnce: 50, rounds: 6, warmUp: 3 },
  { atOnce: 500, rounds: 1, warmUp: 1 },
];

/** The load of the targets: the first token at most 30 ms later than a bare Worker's, a token 3 ms later than direct. */
const TARGETED = 50;
const TARGETS = {
  perSecond: { atLeast: 0.9 },
  first: { atMostMore: 30 },
  token: { atMostMore: 3 },
};

type Load = (typeof LOADS)[number];

export async function compareStreams(): Promise<Line[]> {
  const { provider, neon } = await startServices();
  const bare = await startBareWorker(provider.url);
  const product = await startProduct(varsOf(neon, provider));
  const lines: Line[] = [];
  for (const load of LOADS) {
    const { atOnce, rounds } = load;
    const direct = await measureStreams(atOnce, rounds, () =>
      plain(`${provider.url}/chat/completions`),
    );
    const passed = await measureStreams(atOnce, rounds, () => plain(bare.url));
    const ours = await measureInOpenRooms(product, load);
    const fresh = await measureInNewRooms(product, load);
    lines.push(...linesOf(atOnce, { direct, passed, ours, fresh }));
  }
  return lines;
}

const plain = (url: string): Target => ({ url, headers: {}, body: "{}" });

async function measureInOpenRooms(
  product: Product,
  { atOnce, rounds, warmUp }: Load,
): Promise<StreamFigures> {
  const ids = await product.newChats(atOnce);
  const ask = (index: number) => product.ask(ids[index] ?? "");
  await measureStreams(atOnce, warmUp, ask);
  return measureStreams(atOnce, rounds, ask);
}

async function measureInNewRooms(product: Product, load: Load): Promise<StreamFigures> {
  const { atOnce, rounds } = load;
  const ids = await product.newChats(atOnce * rounds);
  return measureStreams(atOnce, rounds, (index, round) =>
    product.ask(ids[index * rounds + round] ?? ""),
  );
}

type Compared = Record<"direct" | "passed" | "ours" | "fresh", StreamFigures>;

function linesOf(atOnce: number, { direct, passed, ours, fresh }: Compared): Line[] {
  const { perSecond, first, token } = atOnce === TARGETED ? TARGETS : {};
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
