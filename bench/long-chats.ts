/**
 * `npm run bench:chats`: whether a chat of 100,000 messages opens as fast as one of 100. Both are requested
 * in turn, in one run, so that the ratio means something. In the end both are deleted, which changes one
 * row: the cron purges 100,000 messages in about a hundred batches (`purge-queries.ts`).
 */
import { call, now, openStream } from "./client.ts";
import { startPostgres, startScript, stopAll } from "./processes.ts";
import { type Product, startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";
import { quantile } from "./streams.ts";

const SHORT = 100;
const LONG = 100_000;
const ROUNDS = 100;

type Neon = { url: string; connectionString: string };
type Chat = { id: string; size: number };
type Ask = (chat: Chat) => Promise<unknown>;

async function main(): Promise<void> {
  const postgresUrl = await startPostgres();
  say(postgresUrl ? "Postgres: a real server" : "Postgres: embedded (no server is installed)");
  const provider = await startScript<{ url: string }>("provider.ts");
  const neon = await startScript<Neon>("neon.ts", postgresUrl);
  const product = await startProduct(varsOf(neon, provider));
  const [first = "", second = ""] = await product.newChats(2);
  const short = { id: first, size: SHORT };
  const long = { id: second, size: LONG };
  for (const chat of [short, long]) await fill(neon, chat);
  await query(neon, "ANALYZE messages", []);
  say(`| median of ${ROUNDS} | ${SHORT} messages, ms | ${LONG} messages, ms | ratio |`);
  say("|---|---|---|---|");
  for (const [name, ask] of Object.entries(callsOf(product))) {
    const times = await compare(ask, short, long);
    const [few, many] = times.map((list) => quantile(list, 0.5));
    const ratio = (many ?? Number.NaN) / (few ?? Number.NaN);
    say(`| ${name} | ${few?.toFixed(1)} | ${many?.toFixed(1)} | ${ratio.toFixed(2)} |`);
  }
  for (const { id, size } of [short, long]) {
    const startedAt = now();
    await call("DELETE", `${product.url}/chats/${id}`, product.headers);
    say(`Deleting the chat of ${size} messages took ${(now() - startedAt).toFixed(1)} ms`);
  }
}

function callsOf({ url, headers, ask }: Product): Record<string, Ask> {
  const get = (path: string) => call("GET", url + path, headers);
  return {
    "`GET /chats/{id}`": ({ id }) => get(`/chats/${id}`),
    "`GET /chats/{id}/messages`": ({ id }) => get(`/chats/${id}/messages`),
    "a page from the middle, by `before`": (chat) =>
      get(`/chats/${chat.id}/messages?limit=50&before=${idOf(chat, chat.size / 2)}`),
    "the first token of a turn": async ({ id }) => {
      const leave = await openStream(ask(id));
      leave();
      await call("POST", `${url}/chats/${id}/stop`, headers);
    },
  };
}

/** Alternates between the chats, so that noise affects both. */
async function compare(ask: Ask, ...chats: Chat[]): Promise<number[][]> {
  const times: number[][] = chats.map(() => []);
  for (let round = 0; round < ROUNDS; round++) {
    for (const [index, chat] of chats.entries()) {
      const startedAt = now();
      await ask(chat);
      times[index]?.push(now() - startedAt);
    }
  }
  return times;
}

/** Message ids derived from their number. */
function idOf({ id }: Chat, index: number): string {
  return `${id.slice(0, 24)}${index.toString(16).padStart(12, "0")}`;
}

/** One path of the given length. */
async function fill(neon: Neon, chat: Chat): Promise<void> {
  const prefix = chat.id.slice(0, 24);
  await query(
    neon,
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     SELECT ($2 || lpad(to_hex(n), 12, '0'))::uuid, $1::uuid,
       CASE WHEN n > 1 THEN ($2 || lpad(to_hex(n - 1), 12, '0'))::uuid END,
       CASE WHEN n % 2 = 1 THEN 'user' ELSE 'bot' END, repeat('What was said. ', 10), 'complete', now()
     FROM generate_series(1, $3::int) AS n`,
    [chat.id, prefix, chat.size],
  );
  await query(neon, "UPDATE chats SET current_message_id = $2, message_count = $3 WHERE id = $1", [
    chat.id,
    idOf(chat, chat.size),
    chat.size,
  ]);
}

async function query(neon: Neon, sql: string, params: unknown[]): Promise<void> {
  const response = await fetch(neon.url, {
    method: "POST",
    headers: { "neon-connection-string": neon.connectionString },
    body: JSON.stringify({ query: sql, params }),
  });
  if (!response.ok) throw new Error(await response.text());
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
