/** The tests of a turn over all wires, for any number of runs. */
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type SignedIn, signUp } from "../client.ts";
import { newDocument } from "../documents.ts";
import { catchUp } from "../durable-stream.ts";
import { type FastWorker, startFastWorker } from "../fast-worker.ts";
import { until } from "../until.ts";
import { failingNetwork, type Network } from "./network.ts";
import { LATE_READERS, PRUNED_READERS, READERS } from "./readers.ts";
import { beginTurn, type BegunTurn, readAnswer, type Reader, type SharedTurn } from "./turn.ts";

const LEASE = [
  "1. The Tenant shall pay a rent of $1,500 on the first day of each month.\n\n",
  "2. The deposit of $3,000 is to be returned within thirty days of the end of the term.\n\n",
];

/** What could end an event or a text of JSON, what is more than a code unit, a code point or an event, and citations. */
const PIECES = [
  "Yes. ",
  "“The Tenant shall pay a rent” [1] ",
  "> returned within\n> thirty days [1]\n\n",
  "e\u0301\u0323",
  "契約書",
  "👩🏽‍⚖️",
  "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
  "𝒳",
  "ﷺ",
  "\r\n\r\ndata: x\n\n",
  "event: error\nid: 7\n\n",
  "data: [DONE]\n\n",
  '"}],"\\u0041\\',
  "\u2028\u2029\u0085\ufeff",
  "\u0001\u001b\u007f",
  "</script><!--",
  "é".repeat(3_000),
  "😀".repeat(1_500),
];

const piece = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.string({ unit: "grapheme", minLength: 1, maxLength: 30 }),
  fc.string({ unit: "binary", minLength: 1, maxLength: 30 }),
);

const cut = fc.oneof(
  fc.integer({ min: 0, max: 400 }),
  fc.integer({ min: 400, max: 8_000 }),
  fc.integer({ min: 8_000, max: 60_000 }),
);

const MOST_CUTS = 8;
const cutsOf = (readers: object) => {
  const count = Object.keys(readers).length;
  const cuts = fc.array(cut, { maxLength: MOST_CUTS });
  return fc.array(cuts, { minLength: count, maxLength: count });
};

type Answered = { tokens: string[]; isAboutLease: boolean };

const answered: fc.Arbitrary<Answered> = fc.record({
  tokens: fc.array(piece, { minLength: 1, maxLength: 60 }),
  isAboutLease: fc.boolean(),
});

type Started = { networks: Network[]; texts: Promise<Record<string, string>> };

/** Every reader at once, each over a network of its own. */
function start(
  readers: Record<string, Reader>,
  turn: SharedTurn,
  cuts: readonly (readonly number[])[],
): Started {
  const entries = Object.entries(readers).map(([name, read], index) => {
    const network = failingNetwork(cuts[index] ?? []);
    return { name, network, text: read(turn, network) };
  });
  const texts = Promise.all(entries.map(async ({ name, text }) => [name, await text] as const));
  return { networks: entries.map(({ network }) => network), texts: texts.then(Object.fromEntries) };
}

const allAre = (text: string, readers: Record<string, Reader>) =>
  Object.fromEntries(Object.keys(readers).map((name) => [name, text]));

type Runs = { numRuns: number; seed?: number };

const SLOWEST_RUN_MS = 5_000;

/** `numRuns`: for each test. */
export function describeWires(runs: Runs): void {
  let ada: SignedIn;
  let lease: string;
  let forgetful: FastWorker;
  beforeAll(async () => {
    const TURN_LIMITS = JSON.stringify({ log_kept_ms: 1 });
    [ada, forgetful] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
    lease = await newDocument(ada, LEASE);
  });
  afterAll(() => forgetful.close());

  const begin = ({ tokens, isAboutLease }: Answered, baseUrl?: string) =>
    beginTurn(ada, { tokens, fileIds: isAboutLease ? [lease] : [], ...(baseUrl && { baseUrl }) });
  const options = { timeout: 30_000 + SLOWEST_RUN_MS * runs.numRuns };
  const settings = { ...runs, endOnFailure: true };
  const bothCuts = [cutsOf(READERS), cutsOf(LATE_READERS)] as const;

  it(
    "The same turn read over all wires at once, cut at random and resumed, is the same text; afterwards too",
    options,
    async () => {
      const property = fc.asyncProperty(answered, ...bothCuts, async (answer, cuts, lateCuts) => {
        const turn = await begin(answer);
        const stored = await readAtOnce(turn, cuts);
        expect(stored).toBe(answer.tokens.join("").replaceAll("\0", "\ufffd"));
        const { texts } = start(LATE_READERS, { ...turn, isRunning: false }, lateCuts);
        expect(await texts).toEqual(allAre(stored, LATE_READERS));
      });
      await fc.assert(property, settings);
    },
  );

  it(
    "A turn whose log is deleted is the same text over all wires that find it by its ids, cut at random",
    options,
    async () => {
      const property = fc.asyncProperty(answered, cutsOf(PRUNED_READERS), async (answer, cuts) => {
        const turn = await begin(answer, forgetful.url);
        await turn.release();
        await until(async () => (await readAnswer(turn)).status === "complete");
        await isPruned(turn);
        const ended = { ...turn, isRunning: false, hasLog: false };
        const { texts } = start(PRUNED_READERS, ended, cuts);
        expect(await texts).toEqual(allAre((await readAnswer(turn)).content, PRUNED_READERS));
      });
      await fc.assert(property, settings);
    },
  );
}

/** The stored text, once everybody has read it while it was written. */
async function readAtOnce(turn: BegunTurn, cuts: number[][]): Promise<string> {
  const { networks, texts } = start(READERS, turn, cuts);
  await Promise.race([Promise.all(networks.map(({ opened }) => opened)), texts]);
  await turn.release();
  const read = await texts;
  const { content } = await readAnswer(turn);
  expect(read).toEqual(allAre(content, READERS));
  return content;
}

/** The log has no event any more. */
const isPruned = ({ of, baseUrl, chatId }: SharedTurn) =>
  until(async () => (await catchUp(of, chatId, { baseUrl })).length === 0);
