/**
 * What a distance to Postgres costs a client until the first token. An open room calls the provider beside its one call
 * to Postgres, so that the longer of the two decides; a new one calls it after that.
 */
import { startBareWorker } from "../bare.ts";
import { call, type Target } from "../client.ts";
import { type Neon, type Provider, startPostgres, startScript } from "../processes.ts";
import { type Product, startProduct, varsOf } from "../product.ts";
import type { Line } from "../report.ts";
import { measureStreams } from "../streams.ts";

const DISTANCES_MS = [0, 20, 50, 100];
const ROUNDS = 12;
const WARM_UP_ROUNDS = 4;

/** To the first token: of a model behind a network, and of one that is faster than a distant Postgres. */
const MODELS_MS = [300, 50];

/** In an open room whose model takes longer than Postgres: whatever that takes. */
const MOST_MS = 5;
/** In a new room: one trip to Postgres before the call. Timers and noise may add a little. */
const MOST_TRIPS = 1.2;
const NEW_ROOM_MS = 15;

export async function sweepLatency(): Promise<Line[]> {
  const neon = await startScript<Neon>("neon.ts", await startPostgres());
  const between = await startScript<{ url: string }>("slow-neon.ts", "", {
    BENCH_NEON_URL: neon.url,
  });
  const away = async (ms: number) => {
    await call("POST", new URL(`/delay?ms=${ms}`, between.url).href, {});
  };
  const lines: Line[] = [];
  for (const firstTokenMs of MODELS_MS) {
    await away(0);
    const provider = await startProvider(firstTokenMs);
    const vars = varsOf({ ...neon, url: between.url }, provider);
    const product = await startProduct(vars, `bench-${firstTokenMs}@example.com`);
    lines.push(...(await sweep({ away, product, provider, firstTokenMs })));
  }
  return lines;
}

function startProvider(firstTokenMs: number): Promise<Provider> {
  return startScript<Provider>("provider.ts", "", { BENCH_FIRST_TOKEN_MS: String(firstTokenMs) });
}

type Sweep = {
  /** Moves Postgres so many milliseconds away. */
  away: (ms: number) => Promise<void>;
  product: Product;
  provider: Provider;
  firstTokenMs: number;
};

async function sweep({ away, product, provider, firstTokenMs }: Sweep): Promise<Line[]> {
  const bare = await startBareWorker(provider.url);
  const plain = { url: bare.url, headers: {}, body: "{}" };
  const [chatId = ""] = await product.newChats(1);
  await measureStreams(1, WARM_UP_ROUNDS, () => product.ask(chatId));
  const lines: Line[] = [];
  for (const distanceMs of DISTANCES_MS) {
    const fresh = await product.newChats(ROUNDS);
    await away(distanceMs);
    const passed = await firstToken(() => plain);
    const open = await firstToken(() => product.ask(chatId));
    const inNew = await firstToken((round) => product.ask(fresh[round] ?? ""));
    await away(0);
    const what = `Postgres ${distanceMs} ms away, a model of ${firstTokenMs}: first token`;
    // Nothing is emitted before Postgres has committed the turn.
    const isHidden = distanceMs + MOST_MS < firstTokenMs;
    const compared = { beside: passed, of: "a bare Worker", asDifference: true } as const;
    lines.push(
      { what: `${what}, ms`, ours: open, ...compared, ...(isHidden && { atMostMore: MOST_MS }) },
      {
        what: `${what} in a new room, ms`,
        ours: inNew,
        ...compared,
        atMostMore: distanceMs * MOST_TRIPS + NEW_ROOM_MS,
      },
    );
  }
  return lines;
}

async function firstToken(target: (round: number) => Target): Promise<number> {
  const { firstTokenMs } = await measureStreams(1, ROUNDS, (_, round) => target(round));
  return firstTokenMs;
}
