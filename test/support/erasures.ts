/** What the tests of erased accounts plant, and what they find afterwards. */
import { newApiKey } from "./api-keys.ts";
import type { SignedIn } from "./client.ts";
import type { OwnWorld } from "./own-world.ts";
import { plantFile } from "./planted-files.ts";

/** Chats with messages, usage and an event each, made by one statement per table. */
export async function plantChatsOf(
  world: OwnWorld,
  of: SignedIn,
  chats: number,
  messagesEach: number,
): Promise<void> {
  const owner = [of.user.id, String(chats)];
  await world.query(
    `INSERT INTO chats (id, user_id, title, created_at, updated_at)
     SELECT gen_random_uuid(), $1::uuid, 'Planted', now(), now() FROM generate_series(1, $2::int)`,
    owner,
  );
  // Without text there is nothing to index.
  await world.query(
    `INSERT INTO messages (id, chat_id, type, content, status, created_at)
     SELECT gen_random_uuid(), c.id, 'user', '', 'complete', now()
     FROM chats AS c CROSS JOIN generate_series(1, $2::int) WHERE c.user_id = $1::uuid`,
    [of.user.id, String(messagesEach)],
  );
  await world.query(
    `INSERT INTO ai_usage (id, user_id, service_type, provider, model_name, prompt_tokens,
       completion_tokens, total_tokens, cost_estimate, estimated, created_at)
     SELECT gen_random_uuid(), $1::uuid, 'answer', 'p', 'm', 1, 1, 2, 0, false, now()
     FROM generate_series(1, $2::int)`,
    owner,
  );
}

/** They have ids and hashes only. */
const KEPT = new Set(["erasures", "security_events", "security_event_chains"]);

/** The tables that name a user. */
export async function ownedTables(world: OwnWorld): Promise<string[]> {
  const rows = await world.query(
    `SELECT table_name FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
     WHERE table_schema = 'public' AND column_name = 'user_id' AND table_type = 'BASE TABLE'`,
  );
  return rows.map((row) => row.table_name ?? "").filter((name) => !KEPT.has(name));
}

/** The tables in which something is left of an account, by its id and by its receipt. */
export async function findRest(world: OwnWorld, userId: string): Promise<string[]> {
  const ofErasure = "erasure_id = (SELECT id FROM erasures WHERE user_id = $1::uuid)";
  const tables: [string, string][] = [
    ["users", "id = $1::uuid"],
    ["chats", ofErasure],
    ["files", ofErasure],
    ...(await ownedTables(world)).map((name): [string, string] => [name, "user_id = $1::uuid"]),
  ];
  const found = await Promise.all(
    tables.map(async ([name, condition]) => {
      const rows = await world.query(`SELECT 1 FROM ${name} WHERE ${condition} LIMIT 1`, [userId]);
      return rows.length > 0 ? [name] : [];
    }),
  );
  return found.flat();
}

/** A row in every table that names a user. */
export async function plantEverywhere(world: OwnWorld, of: SignedIn): Promise<void> {
  const { id } = of.user;
  await plantFile(world, of);
  await plantChatsOf(world, of, 1, 1);
  await of.post("/chats", {}, { "idempotency-key": "once" });
  await newApiKey(of, ["read"], { baseUrl: world.worker.url });
  const ofFile = "SELECT id, user_id FROM files WHERE user_id = $1::uuid";
  const statements = [
    `INSERT INTO chat_sessions (id, user_id, chat_id, session_id, session_token, last_activity, created_at)
     SELECT gen_random_uuid(), c.user_id, c.id, s.id, c.id, now(), now()
     FROM chats AS c JOIN sessions AS s USING (user_id) WHERE c.user_id = $1::uuid`,
    `INSERT INTO passage_terms (user_id, term, file_id, part, postings)
     SELECT user_id, 'planted', id, 0, '{1}' FROM (${ofFile}) AS f`,
    `INSERT INTO indexed_files (file_id, user_id, language, passages) SELECT id, user_id, 'english', 1 FROM (${ofFile}) AS f`,
    `INSERT INTO message_words (message_id, user_id, chat_id, created_at, words)
     SELECT m.id, c.user_id, c.id, now(), '' FROM chats AS c JOIN messages AS m ON m.chat_id = c.id
     WHERE c.user_id = $1::uuid`,
    `INSERT INTO mail_orders (id, kind, user_id, email, created_at, queued_at)
     VALUES (gen_random_uuid(), 'email_changing', $1::uuid, 'ada@example.com', now(), now())`,
    `INSERT INTO email_tokens (id, purpose, user_id, token_hash, email, email_key, created_at, expires_at)
     VALUES (gen_random_uuid(), 'verify_email', $1::uuid, gen_random_uuid(), 'a', 'a', now(), now())`,
    `INSERT INTO second_factors (user_id, secret, created_at) VALUES ($1::uuid, 'sealed', now())`,
    `INSERT INTO recovery_codes (user_id, code_hash) VALUES ($1::uuid, 'hash')`,
    `INSERT INTO identities (issuer, subject, user_id, created_at)
     VALUES ('https://login.example.com', gen_random_uuid(), $1::uuid, now())`,
    `INSERT INTO sign_in_codes (code_hash, user_id, expires_at) VALUES (gen_random_uuid(), $1::uuid, now())`,
    `INSERT INTO budgets (subject_id, user_id, period) VALUES ($1::uuid, $1::uuid, 'day')`,
    `INSERT INTO budget_reservations (message_id, user_id, tokens, created_at)
     SELECT m.id, c.user_id, 1, now() FROM chats AS c JOIN messages AS m ON m.chat_id = c.id
     WHERE c.user_id = $1::uuid`,
  ];
  // Only where the server has pgvector.
  if ((await ownedTables(world)).includes("passage_vectors")) {
    statements.push(
      `INSERT INTO passage_vectors (file_id, ordinal, user_id, model, embedding)
       SELECT file_id, ordinal, user_id, 'planted', array_fill(0.1::real, ARRAY[1536])::vector
       FROM passages WHERE user_id = $1::uuid`,
    );
  }
  for (const statement of statements) await world.query(statement, [id]);
}
