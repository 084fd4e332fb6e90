/**
 * `npm run bench:search`: how long a search takes among 100,000 messages of one owner, beside another owner
 * with as many of the same words; embedded, and on a real server where there is one.
 */
import { call, now } from "./client.ts";
import { startPostgres, startScript, stopAll } from "./processes.ts";
import { startProduct, varsOf } from "./product.ts";
import { say } from "./report.ts";
import { quantile } from "./streams.ts";

const MESSAGES = 100_000;
const CHATS = 100;
const ROUNDS = 40;

type Neon = { url: string; connectionString: string };

/** How frequent the words are is decided by `fill`. */
const SEARCHES = {
  "a word that ten messages have": "zanzibar",
  "a word in one message of ten": "premises",
  "a word that all have": "deposit",
  "two words that all have, as a phrase": '"deposit agreement"',
  "a word that all have, without a rare one": "deposit -zanzibar",
  "a word that none has": "quokka",
};

async function main(): Promise<void> {
  const server = await startPostgres();
  const provider = await startScript<{ url: string }>("provider.ts");
  const found: string[][] = [await measure(provider)];
  if (server) found.push(await measure(provider, server));
  say(`| median of ${ROUNDS} (p95), ms | embedded Postgres |${server ? " a real server |" : ""}`);
  say(`|---|---|${server ? "---|" : ""}`);
  const names = [...Object.keys(SEARCHES), "storing a message's words"];
  for (const [index, name] of names.entries()) {
    say(`| ${name} | ${found.map((times) => times[index]).join(" | ")} |`);
  }
}

/** The times of all searches, as text, and the cost of indexing the words of a stored message. */
async function measure(provider: { url: string }, postgresUrl?: string): Promise<string[]> {
  const neon = await startScript<Neon>("neon.ts", postgresUrl);
  const product = await startProduct(varsOf(neon, provider));
  const { user_id: owner } = JSON.parse(
    await call("POST", `${product.url}/chats`, product.headers, "{}"),
  );
  const wordsMs = await fill(neon, owner);
  await fill(neon, await newNeighbour(neon));
  await query(neon, "ANALYZE", []);
  const times: string[] = [];
  for (const q of Object.values(SEARCHES)) {
    const url = `${product.url}/search?scope=messages&q=${encodeURIComponent(q)}`;
    times.push(await timesOf(() => call("GET", url, product.headers)));
  }
  return [...times, wordsMs.toFixed(2)];
}

async function timesOf(search: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  await search();
  for (let round = 0; round < ROUNDS; round++) {
    const startedAt = now();
    await search();
    times.push(now() - startedAt);
  }
  return `${quantile(times, 0.5).toFixed(0)} (${quantile(times, 0.95).toFixed(0)})`;
}

async function newNeighbour(neon: Neon): Promise<string> {
  const id = crypto.randomUUID();
  await query(
    neon,
    `INSERT INTO users (id, name, email, email_key, hashed_password, created_at, updated_at)
     VALUES ($1, 'Neighbour', 'neighbour@example.com', 'neighbour@example.com', '', now(), now())`,
    [id],
  );
  return id;
}

/**
 * Messages of eighty words, few of which are frequent. Returns the extra milliseconds per message for
 * indexing its words.
 */
async function fill(neon: Neon, owner: string): Promise<number> {
  await query(
    neon,
    `INSERT INTO chats (id, user_id, title, created_at, updated_at)
     SELECT gen_random_uuid(), $1::uuid, 'Bench', now(), now() FROM generate_series(1, $2::int)`,
    [owner, CHATS],
  );
  const { rows } = await query(neon, "SELECT id FROM chats WHERE user_id = $1 LIMIT $2::int", [
    owner,
    CHATS,
  ]);
  const each = MESSAGES / CHATS;
  const times: number[] = [];
  for (const [index, [chatId]] of rows.entries()) {
    const isBare = index === 0;
    if (isBare) await query(neon, "ALTER TABLE messages DISABLE TRIGGER messages_words", []);
    const startedAt = now();
    await query(neon, INSERT, [chatId, each]);
    times.push(now() - startedAt);
    if (!isBare) continue;
    await query(neon, "ALTER TABLE messages ENABLE TRIGGER messages_words", []);
    await query(neon, "UPDATE messages SET content = content WHERE chat_id = $1", [chatId]);
  }
  const [bare = 0, ...others] = times;
  return (quantile(others, 0.5) - bare) / each;
}

const INSERT = `
  INSERT INTO messages (id, chat_id, type, content, status, created_at)
  SELECT gen_random_uuid(), $1::uuid, 'user', 'deposit agreement ' || said.words
      || CASE WHEN n % 10 = 0 THEN ' premises' ELSE '' END
      || CASE WHEN random() < 0.0001 THEN ' zanzibar' ELSE '' END,
    'complete', now() - random() * interval '300 days'
  FROM generate_series(1, $2::int) AS n CROSS JOIN LATERAL (
    SELECT string_agg('word' || floor(5000 * random() ^ 3), ' ') AS words
    FROM generate_series(1, 80 + 0 * n)
  ) AS said`;

async function query(neon: Neon, sql: string, params: unknown[]): Promise<{ rows: string[][] }> {
  const response = await fetch(neon.url, {
    method: "POST",
    headers: { "neon-connection-string": neon.connectionString },
    body: JSON.stringify({ query: sql, params }),
  });
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as { rows: string[][] };
}

try {
  await main();
} finally {
  await stopAll();
}
process.exit(0);
