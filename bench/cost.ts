/**
 * `npm run bench:cost`: what the platform bills for a turn, counted in the built Worker on workerd, and the price of a
 * million of such turns. Each turn is counted until its log is deleted, as that of a turn which no other follows for
 * ten minutes.
 */
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { call, now, readStream } from "./client.ts";
import { OBJECT_GB, PRICES } from "./cost/prices.ts";
import { startScript, startServices, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";

const ENTRY = join(import.meta.dirname, "cost", "worker.js");

/** In place of ten minutes. */
const LOG_KEPT_MS = 1_000;
/** Longer than that, and than the alarm takes. */
const SETTLE_MS = 2_500;
const ROUNDS = 3;

type S3 = { endpoint: string; bucket: string; accessKeyId: string; secretAccessKey: string };

type Counts = Record<
  | "workerRequests"
  | "objectRequests"
  | "alarms"
  | "alarmsSet"
  | "rowsRead"
  | "rowsOfRooms"
  | "rowsOfLimits"
  | "queueOperations"
  | "postgresTrips",
  number
>;

/** The mean of some turns. Seconds are those in which the room is at work. */
type Cost = Counts & { cpuMs: number; seconds: number };

async function main(): Promise<void> {
  const { provider, neon } = await startServices();
  const s3 = await startScript<S3>("s3.ts");
  const vars = {
    ...varsOf(neon, provider),
    LIMITS: "",
    TURN_LIMITS: JSON.stringify({ log_kept_ms: LOG_KEPT_MS }),
    S3_ENDPOINT: s3.endpoint,
    S3_BUCKET_NAME: s3.bucket,
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
  };
  const product = await startProduct(vars, "cost@example.com", ENTRY);
  const [chatId = "", withFile = ""] = await product.newChats(2);
  const short = await measure(product, chatId, "How long?");
  const long = await measure(product, chatId, "How long? [long]");
  const upload = await measureUpload(product);
  const attached = JSON.stringify({ content: "How long?", file_ids: [upload.fileId] });
  await readStream({ ...product.ask(withFile), body: attached });
  const documents = await measure(product, withFile, "How long?");
  printCosts({
    "50 tokens in 0.5 s": short,
    "500 tokens in 10 s": long,
    "50 tokens, with a document": documents,
  });
  say("");
  say(`Reading that document, once: ${upload.counts.queueOperations} queue operations.`);
}

/** The mean of some turns, after one that brings the room into its usual state. */
async function measure(product: Product, chatId: string, question: string): Promise<Cost> {
  const ask = () => readStream(product.ask(chatId, question));
  await ask();
  await delay(SETTLE_MS);
  await takeCounts(product);
  const before = product.cpuMs() ?? Number.NaN;
  let seconds = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = now();
    await ask();
    seconds += (now() - startedAt) / 1_000;
    await delay(SETTLE_MS);
  }
  const cpuMs = (product.cpuMs() ?? Number.NaN) - before;
  return mean({ ...(await takeCounts(product)), cpuMs, seconds });
}

function mean(sums: Cost): Cost {
  const means = Object.entries(sums).map(([name, sum]) => [name, sum / ROUNDS]);
  return Object.fromEntries(means) as Cost;
}

async function takeCounts({ url }: Product): Promise<Counts> {
  return JSON.parse(await call("GET", `${url}/_cost`, {}));
}

/** A document that is ready for turns, and what its reading took. */
async function measureUpload(product: Product): Promise<{ fileId: string; counts: Counts }> {
  await takeCounts(product);
  const text = "The landlord returns the deposit within fourteen days of the end of the lease.\n";
  const form = new FormData();
  form.append("file", new File([text.repeat(40)], "lease.txt", { type: "text/plain" }));
  const { authorization = "" } = product.headers;
  const headers = { authorization };
  const sent = await fetch(`${product.url}/files/upload`, { method: "POST", headers, body: form });
  const { id } = (await sent.json()) as { id: string };
  for (;;) {
    const file = JSON.parse(await call("GET", `${product.url}/files/${id}`, headers));
    if (file.status === "ready") break;
    if (file.status === "failed") throw new Error(`The document failed: ${file.failure_code}`);
    await delay(200);
  }
  await delay(SETTLE_MS);
  return { fileId: id, counts: await takeCounts(product) };
}

/** What is billed: how many units of a turn, and the price of a million units. */
const BILLED: Record<string, { price: number; units: (cost: Cost) => number }> = {
  "requests to the Worker": { price: PRICES.workerRequests, units: (cost) => cost.workerRequests },
  "CPU of the process, ms": { price: PRICES.workerCpuMs, units: (cost) => cost.cpuMs },
  "requests to Durable Objects": {
    price: PRICES.objectRequests,
    units: (cost) => cost.objectRequests,
  },
  "a room at work, GB-s": {
    price: PRICES.objectGbSeconds,
    units: (cost) => cost.seconds * OBJECT_GB,
  },
  "rows read": { price: PRICES.rowsRead, units: (cost) => cost.rowsRead },
  "rows written and deleted, alarms set": {
    price: PRICES.rowsWritten,
    units: (cost) => cost.rowsOfRooms + cost.rowsOfLimits + cost.alarmsSet,
  },
  "queue operations": { price: PRICES.queueOperations, units: (cost) => cost.queueOperations },
};

function row(what: string, cells: string[]): void {
  say(`| ${[what, ...cells].join(" | ")} |`);
}

function printCosts(costs: Record<string, Cost>): void {
  const names = Object.keys(costs);
  const all = Object.values(costs);
  row("a turn of", names);
  say(`|${"---|".repeat(names.length + 1)}`);
  const count = (what: string, name: keyof Cost) =>
    row(
      what,
      all.map((cost) => show(cost[name])),
    );
  count("rows of the room, written and deleted", "rowsOfRooms");
  count("rows of the user's limits", "rowsOfLimits");
  count("alarms set", "alarmsSet");
  count("alarms", "alarms");
  count("trips to Postgres", "postgresTrips");
  for (const [what, { price, units }] of Object.entries(BILLED)) {
    const cells = all.map((cost) => `${show(units(cost))}: $${(units(cost) * price).toFixed(2)}`);
    row(`${what}: a million turns`, cells);
  }
  row(
    "**a million turns**",
    all.map((cost) => `**$${sumOf(cost).toFixed(2)}**`),
  );
  say("");
  say(`Prices of ${PRICES.date}, without what the plan includes.`);
}

/** US dollars of a million turns. */
function sumOf(cost: Cost): number {
  return Object.values(BILLED).reduce((sum, { price, units }) => sum + units(cost) * price, 0);
}

const show = (value: number) => value.toFixed(Number.isInteger(value) ? 0 : 1);

try {
  await main();
} catch (error) {
  say(error instanceof Error ? error.message : String(error));
  process.exitCode = 1;
} finally {
  await stopAll();
}
process.exit();
