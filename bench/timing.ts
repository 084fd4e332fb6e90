/**
 * `npm run bench:timing`: what response times say about accounts, and how long others wait while many sign in. The
 * kinds take turns in random order, because machines are noisy.
 */
import { randomUUID } from "node:crypto";
import { call, now } from "./client.ts";
import { startPostgres, startScript, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";

const ROUNDS = 200;
const SIGN_INS_AT_ONCE = 30;
const BEYOND_THE_QUEUE = 60;
const MOST_OF_A_HASH = 0.05;
const SLOWEST_MS = 1_000;

const JSON_TYPE = { "content-type": "application/json" };
const KNOWN = "bench@example.com";

/** Mails are ordered, and never sent: this Worker has no queue, as its log says each time. */
const MAIL = {
  SES_ENDPOINT: "http://127.0.0.1:9",
  MAIL_FROM: "Bench <no-reply@example.com>",
  APP_URL: "http://localhost:3000",
  AWS_ACCESS_KEY_ID: "bench",
  AWS_SECRET_ACCESS_KEY: "bench",
  AWS_REGION: "eu-central-1",
};

async function main(): Promise<void> {
  const postgresUrl = await startPostgres();
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<{ url: string; connectionString: string }>("neon.ts", postgresUrl);
  const product = await startProduct({ ...varsOf(neon, provider), ...MAIL }, KNOWN);
  await compareAccounts(product);
  await signInTogether(product);
}

const unknownAddress = () => `nobody.${randomUUID()}@example.com`;

function post(product: Product, path: string, body: object): Promise<string> {
  return call("POST", product.url + path, JSON_TYPE, JSON.stringify(body));
}

const signIn = (product: Product, email: string) =>
  post(product, "/auth/login", { email, password: "nine wrong lamps" });

const forgot = (product: Product, email: string) =>
  post(product, "/auth/password/forgot", { email });

type Kinds = Record<string, () => Promise<unknown>>;

/** Milliseconds of each kind, one call after the other. */
async function measure(kinds: Kinds): Promise<Record<string, number[]>> {
  const times: Record<string, number[]> = {};
  for (let round = 0; round < ROUNDS; round++) {
    for (const name of Object.keys(kinds).toSorted(() => Math.random() - 0.5)) {
      const startedAt = now();
      await kinds[name]?.();
      (times[name] ??= []).push(now() - startedAt);
    }
  }
  return times;
}

async function compareAccounts(product: Product): Promise<void> {
  const times = await measure({
    "sign-in, unknown account": () => signIn(product, unknownAddress()),
    "sign-in, wrong password": () => signIn(product, KNOWN),
    "forgot, unknown account": () => forgot(product, unknownAddress()),
    "forgot, known account": () => forgot(product, KNOWN),
  });
  say("| request | median, ms | p5 | p95 |");
  say("|---|---|---|---|");
  for (const [name, list] of Object.entries(times)) {
    const shown = [0.5, 0.05, 0.95].map((share) => quantile(list, share).toFixed(1));
    say(`| ${name} | ${shown.join(" | ")} |`);
  }
  printDifferences(times);
}

function printDifferences(times: Record<string, number[]>): void {
  const median = (name: string) => quantile(times[name] ?? [], 0.5);
  const hashMs = median("sign-in, wrong password") - median("forgot, known account");
  const share = (ms: number) => `${((ms / hashMs) * 100).toFixed(1)} %`;
  say("");
  say(`A hash takes about ${hashMs.toFixed(0)} ms: a sign-in less a request without one.`);
  const pairs = {
    "sign-in": ["sign-in, unknown account", "sign-in, wrong password"],
    forgot: ["forgot, unknown account", "forgot, known account"],
  } as const;
  for (const [name, [unknown, known]] of Object.entries(pairs)) {
    const apartMs = Math.abs(median(known) - median(unknown));
    const inRounds = (times[known] ?? []).map((ms, round) => ms - (times[unknown]?.[round] ?? ms));
    const apart = `${apartMs.toFixed(1)} ms, ${share(apartMs)} of a hash`;
    const paired = `the median of the differences in a round is ${share(quantile(inRounds, 0.5))}`;
    say(`${verdict(apartMs < MOST_OF_A_HASH * hashMs)}  ${name}: medians ${apart}; ${paired}`);
  }
}

/** Other requests, one after the other, while many sign in; and what a full queue answers. */
async function signInTogether(product: Product): Promise<void> {
  const wait = { isOver: false };
  const startedAt = now();
  const all = Promise.all(Array.from({ length: SIGN_INS_AT_ONCE }, () => signIn(product, KNOWN)));
  const ended = all.then(() => (wait.isOver = true));
  const times = await measureWhile(product, wait);
  await ended;
  const seconds = ((now() - startedAt) / 1_000).toFixed(1);
  const slowest = Math.max(...times);
  say("");
  say(
    `${SIGN_INS_AT_ONCE} sign-ins at once take ${seconds} s. ${times.length} other requests meanwhile:`,
  );
  say(
    `${verdict(slowest < SLOWEST_MS)}  ${quantile(times, 0.5).toFixed(0)} ms (median), ${slowest.toFixed(0)} ms (slowest)`,
  );
  const beyond = Array.from({ length: BEYOND_THE_QUEUE }, () => signIn(product, KNOWN));
  const refused = (await Promise.all(beyond)).filter((body) =>
    body.includes("too_many_password_checks"),
  );
  say(`Of ${BEYOND_THE_QUEUE} at once, ${refused.length} are refused with 429.`);
}

async function measureWhile(product: Product, wait: { isOver: boolean }): Promise<number[]> {
  const times: number[] = [];
  while (!wait.isOver) {
    const startedAt = now();
    await call("GET", `${product.url}/users/me`, product.headers);
    times.push(now() - startedAt);
  }
  return times;
}

const verdict = (isMet: boolean) => (isMet ? "met   " : "MISSED");

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(share * sorted.length)] ?? Number.NaN;
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
