/** Rows of one account in every table that a list reads. */
import type pg from "pg";

/** Words, and how many rows contain them. */
export const WORDS = { rare: "zanzibar", frequent: "premises", everywhere: "deposit" };

/** Rows that contain the rare word, whatever their number. */
const RARE_ROWS = 10;

/** Passages of a file, and chats that the usage is of. */
const PASSAGES_PER_FILE = 500;
const CHATS_WITH_USAGE = 100;
const DAYS = 30;

/** Of the account's keys those that are not revoked, which are the oldest. */
const LIVE_KEYS = 20;

/** Rows per statement where a trigger updates the same sums again and again. */
const SUMMED_AT_ONCE = 2_000;

export type Filled = { size: number; chatId: string; middleMessage: string };

/** As many chats, messages of one chat, files, passages, usage rows, events, sessions and keys as `size` says. */
export async function fillAccount(pool: pg.Pool, owner: string, size: number): Promise<Filled> {
  await pool.query(chats(owner, size));
  const { rows } = await pool.query<{ id: string }>(
    `SELECT id FROM chats WHERE user_id = '${owner}' ORDER BY updated_at DESC LIMIT 1`,
  );
  const chatId = rows[0]?.id ?? "";
  for (const statement of [
    ...messages(chatId, size),
    files(owner, size),
    ...passages(owner, size),
    sessions(owner, size),
    keys(owner, size),
    ...events(owner, size),
  ]) {
    await pool.query(statement);
  }
  for (let from = 1; from <= size; from += SUMMED_AT_ONCE) {
    await pool.query(usage(owner, from, Math.min(from + SUMMED_AT_ONCE - 1, size)));
  }
  return { size, chatId, middleMessage: messageId(chatId, size / 2) };
}

/** So many accounts beside. */
export async function fillAccounts(pool: pg.Pool, size: number): Promise<void> {
  await pool.query(`
    INSERT INTO users (id, name, email, email_key, hashed_password, created_at, updated_at)
    SELECT gen_random_uuid(), 'Example ' || n, name, name, '', now() - n * interval '1 minute', now()
    FROM generate_series(1, ${size}) AS n CROSS JOIN LATERAL (
      SELECT left(md5(n::text), 12) || CASE WHEN ${isRare("n", size)} THEN '.${WORDS.rare}' ELSE '' END || '@example.com' AS name
    ) AS named`);
}

/** True for as many of the numbers to `size`, evenly apart. */
const isRare = (n: string, size: number) => `${n} % ${Math.max(1, size / RARE_ROWS)} = 0`;

const words = (n: string, size: number) => `'${WORDS.everywhere}'
  || CASE WHEN ${n} % 10 = 1 THEN ' ${WORDS.frequent}' ELSE '' END
  || CASE WHEN ${isRare(n, size)} THEN ' ${WORDS.rare}' ELSE '' END`;

function chats(owner: string, size: number): string {
  return `
    INSERT INTO chats (id, user_id, title, pinned, created_at, updated_at)
    SELECT gen_random_uuid(), '${owner}', 'Matter ' || n || ' of the ' || ${words("n", size)}, n % 1000 = 0,
      now() - n * interval '1 minute', now() - n * interval '1 minute'
    FROM generate_series(1, ${size}) AS n`;
}

/** The number of a message in the last digits of its id. */
function messageId(chatId: string, number: number): string {
  return `${chatId.slice(0, 24)}${number.toString(16).padStart(12, "0")}`;
}

/** One path. */
function messages(chatId: string, size: number): string[] {
  const id = (n: string) => `('${chatId.slice(0, 24)}' || lpad(to_hex(${n}), 12, '0'))::uuid`;
  return [
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     SELECT ${id("n")}, '${chatId}', CASE WHEN n > 1 THEN ${id("n - 1")} END,
       CASE WHEN n % 2 = 1 THEN 'user' ELSE 'bot' END,
       ${words("n", size)} || ' of clause ' || n || ', as was said', 'complete', now() - (${size} - n) * interval '1 minute'
     FROM generate_series(1, ${size}) AS n`,
    `UPDATE chats SET current_message_id = '${messageId(chatId, size)}', message_count = ${size} WHERE id = '${chatId}'`,
  ];
}

function files(owner: string, size: number): string {
  return `
    INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, sha256, status,
      processed, page_count, text_length, language, created_at)
    SELECT gen_random_uuid(), '${owner}', 'lease ' || n || '.pdf', 'files/' || gen_random_uuid(), '', 1000,
      'application/pdf', md5(n::text), 'ready', true, 1, 1000, 'english', now() - n * interval '1 minute'
    FROM generate_series(1, ${size}) AS n`;
}

/** The passages of the newest files, and the postings of their words, as ingestion would make them. */
function passages(owner: string, size: number): string[] {
  const each = Math.min(size, PASSAGES_PER_FILE);
  const indexed = `(
    SELECT id AS file_id, row_number() OVER (ORDER BY created_at DESC) - 1 AS nr FROM files
    WHERE user_id = '${owner}' ORDER BY created_at DESC LIMIT ${size / each})`;
  return [
    `INSERT INTO passages (file_id, ordinal, user_id, start_offset, end_offset, page, text)
     SELECT file_id, n, '${owner}', n * 60, n * 60 + 60, 1, ${words(`(nr * ${each} + n)`, size)} || ' of clause ' || n
     FROM ${indexed} AS f, generate_series(0, ${each - 1}) AS n`,
    `INSERT INTO indexed_files (file_id, user_id, language, passages, index_version)
     SELECT file_id, '${owner}', 'english', ${each}, 1000 FROM ${indexed} AS f`,
    `INSERT INTO passage_terms (user_id, term, file_id, part, postings)
     SELECT '${owner}', lexeme, file_id, ordinal / 200 * 200, array_agg(ordinal * 256 + 100 ORDER BY ordinal)
     FROM passages, unnest(tsvector_to_array(to_tsvector('english', text))) AS lexeme
     WHERE user_id = '${owner}' GROUP BY lexeme, file_id, ordinal / 200`,
  ];
}

function sessions(owner: string, size: number): string {
  return `
    INSERT INTO sessions (id, user_id, user_agent, created_at, last_seen_at, expires_at)
    SELECT gen_random_uuid(), '${owner}', 'Firefox', now(), now() - n * interval '1 second', now() + interval '90 days'
    FROM generate_series(1, ${size}) AS n`;
}

function keys(owner: string, size: number): string {
  return `
    INSERT INTO api_keys (id, user_id, name, prefix, key_hash, scopes, created_at, revoked_at)
    SELECT gen_random_uuid(), '${owner}', 'Key ' || n, 'key', '${owner}' || n, ARRAY['chat'],
      now() - n * interval '1 second', CASE WHEN n <= ${size - LIVE_KEYS} THEN now() END
    FROM generate_series(1, ${size}) AS n`;
}

/** Without their hashes, which no list verifies. */
function events(owner: string, size: number): string[] {
  const last = `(SELECT coalesce(max(position), 0) FROM security_events WHERE user_id = '${owner}')`;
  return [
    "ALTER TABLE security_events DISABLE TRIGGER security_events_chain",
    `WITH added AS (
       INSERT INTO security_events (id, user_id, position, kind, details_hash, created_at, hash)
       SELECT gen_random_uuid(), '${owner}', ${last} + n, 'signed_in', md5(n::text), now() - (${size} - n) * interval '1 minute', ''
       FROM generate_series(1, ${size}) AS n RETURNING id
     )
     INSERT INTO security_event_details (event_id, user_id, salt, details)
     SELECT id, '${owner}', '', '{"method":"password"}' FROM added`,
    `UPDATE security_event_chains SET position = ${last} WHERE user_id = '${owner}'`,
    "ALTER TABLE security_events ENABLE TRIGGER security_events_chain",
  ];
}

function usage(owner: string, from: number, to: number): string {
  return `
    INSERT INTO ai_usage (id, user_id, chat_id, service_type, provider, model_name, prompt_tokens, completion_tokens,
      total_tokens, cost_estimate, estimated, created_at)
    SELECT gen_random_uuid(), '${owner}', chat.id, 'answer', 'openai', CASE WHEN n % 2 = 0 THEN 'small' ELSE 'large' END,
      100, 50, 150, 0.001, false, now() - n % ${DAYS} * interval '1 day'
    FROM generate_series(${from}, ${to}) AS n JOIN (
      SELECT id, row_number() OVER (ORDER BY updated_at DESC, id) - 1 AS nr FROM (
        SELECT id, updated_at FROM chats WHERE user_id = '${owner}' ORDER BY updated_at DESC, id LIMIT ${CHATS_WITH_USAGE}
      ) AS newest
    ) AS chat ON chat.nr = (n / ${DAYS}) % ${CHATS_WITH_USAGE}`;
}
