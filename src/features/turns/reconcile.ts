/**
 * Ends what a room should have ended and did not: answers that are still streaming in Postgres long
 * after they began. Their rooms are asked first, for only they know whether somebody is writing.
 */
import { sql } from "drizzle-orm";
import { batch, type Db, read } from "../../db/client.ts";
import { describeFailure, isPermanent } from "../../db/errors.ts";
import { latestSql } from "../../db/times.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { present } from "../../lib/assert.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { BYTES_PER_TOKEN, findModel, type Model } from "../../lib/models.ts";
import { lockChat } from "../chats/change.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import type { Settled } from "./room/recovery.ts";
import { historyBytes } from "./context/budget.ts";
import { answerMetadata } from "./store/answer.ts";
import { SAVE_REFUSED } from "./store/reduce.ts";

/** By then a room has had its own watchdog, and time to end what it has found. */
const LEFT_AFTER_MS = 60_000;
/** Longer than any turn runs: such an answer is left for certain. */
const OVERDUE_MS = 15 * 60_000;
/** As many rooms as one invocation may call. The rest is of a later minute. */
const MOST_PER_RUN = 800;
const ROOMS_AT_ONCE = 10;

type Left = { id: string; chat_id: string; user_id: string; created_at: string };

type Outcome = Exclude<Settled, "unknown"> | "interrupted";

type Counts = Record<"found" | Outcome, number>;

/** Asks the rooms of all that may have been left. Can be run twice, and twice at once. */
export async function reconcileTurns(env: Env, deps: Deps): Promise<Counts> {
  const left = await findLeft(deps);
  const counts: Counts = {
    found: left.length,
    running: 0,
    ended: 0,
    interrupted: 0,
    abandoned: 0,
    failed: 0,
  };
  for (let start = 0; start < left.length; start += ROOMS_AT_ONCE) {
    const group = left.slice(start, start + ROOMS_AT_ONCE);
    const settled = await Promise.all(group.map((message) => settle(env, deps, message)));
    for (const outcome of settled) counts[outcome]++;
  }
  return counts;
}

/**
 * Those that are overdue first, the others in an order that is another one each minute: however many
 * healthy answers there are, none that was left stands behind them for long.
 */
async function findLeft({ db, clock }: Deps): Promise<Left[]> {
  const now = clock();
  const minute = String(Math.floor(now / 60_000));
  const [before, overdue] = [now - LEFT_AFTER_MS, now - OVERDUE_MS].map((ms) =>
    toIso(new Date(ms)),
  );
  const rows = await read(
    db,
    sql<Left>`
      SELECT m.id, m.chat_id, m.created_at, chats.user_id
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.status = 'streaming' AND m.created_at < ${before}::timestamptz
        AND chats.user_id IS NOT NULL
      ORDER BY m.created_at < ${overdue}::timestamptz DESC, md5(${minute} || m.id::text)
      LIMIT ${MOST_PER_RUN}::int`,
  );
  return rows;
}

/** One that cannot be settled now is found again in a minute, and stops no other. */
async function settle(env: Env, deps: Deps, message: Left): Promise<Outcome> {
  try {
    const settled = await env.CHAT_ROOM.getByName(message.chat_id).settle(message.id);
    if (settled !== "unknown" && settled !== "abandoned") return settled;
    const outcome = settled === "unknown" ? "interrupted" : settled;
    return (await endAnyhow(deps, message, ENDS[outcome])) ? outcome : "ended";
  } catch {
    return "failed";
  }
}

type End = { status: "interrupted" | "failed"; finishReason: string };

const ENDS = {
  interrupted: { status: "interrupted", finishReason: "turn_interrupted" },
  abandoned: { status: "failed", finishReason: SAVE_REFUSED },
} satisfies Record<string, End>;

/** Where Postgres refuses its cost for good, without that: there is no end that holds less. */
async function endAnyhow(deps: Deps, message: Left, how: End): Promise<boolean> {
  try {
    const cost = await estimateCost(deps, message, how);
    return await endOnce(deps, message, how, cost);
  } catch (error) {
    if (!isPermanent(error)) throw error;
    logError("cost_refused", { message_id: message.id, ...describeFailure(error) });
    return endOnce(deps, message, how);
  }
}

type Cost = { usage: NewUsage; metadata: object };

/**
 * Of an answer whose room has no record of it, nothing is known: its text, had it any, is lost, and a
 * provider may have been asked. What that cost is estimated.
 */
async function estimateCost(
  { db, clock, config, newId }: Deps,
  message: Left,
  { finishReason }: End,
): Promise<Cost> {
  const now = clock();
  const model = present(
    findModel(config.DEFAULT_MODEL, [config.DEFAULT_MODEL], config.MODELS.chat),
    "the default model",
  );
  const usage: NewUsage = {
    id: newId(),
    userId: message.user_id,
    chatId: message.chat_id,
    messageId: message.id,
    kind: "answer",
    attempt: 1,
    model,
    promptTokens: await estimatePrompt(db, message, model),
    completionTokens: 0,
    estimated: true,
    at: toIso(new Date(now)),
  };
  const seconds = (now - Date.parse(message.created_at)) / 1000;
  const given = { usage, finishReason, estimated: true };
  return { usage, metadata: answerMetadata(given, { model }, seconds) };
}

/** False where it has ended meanwhile. */
async function endOnce(
  { db, clock }: Deps,
  message: Left,
  how: End,
  cost?: Cost,
): Promise<boolean> {
  const at = toIso(new Date(clock()));
  const { ended } = await batch(db, {
    // The chat first, as in every batch that writes messages: else two could wait for each other.
    lock: lockChat(message.user_id, message.chat_id),
    ended: end(message, how, at, cost),
  });
  return ended.rows.length > 0;
}

/** Tokens of what was said before the answer, as far as a prompt takes it. */
async function estimatePrompt(db: Db, { id, chat_id: chatId }: Left, model: Model) {
  const rows = await read(
    db,
    sql<{ bytes: number }>`
      WITH RECURSIVE path AS (
        SELECT m.parent_id, 0 AS bytes FROM messages AS m WHERE m.chat_id = ${chatId} AND m.id = ${id}
        UNION ALL
        SELECT m.parent_id, path.bytes + octet_length(m.content)
        FROM path JOIN messages AS m ON m.chat_id = ${chatId} AND m.id = path.parent_id
        WHERE path.bytes + octet_length(m.content) <= ${historyBytes(model)}::int
      )
      SELECT coalesce(max(bytes), 0)::int AS bytes FROM path`,
  );
  return Math.ceil((rows[0]?.bytes ?? 0) / BYTES_PER_TOKEN);
}

/** Only one that is still streaming is ended, and only then is anything paid for. */
function end(
  { id, chat_id: chatId, user_id: userId }: Left,
  { status, finishReason }: End,
  at: string,
  cost?: Cost,
) {
  const metadata = JSON.stringify(cost?.metadata ?? { finish_reason: finishReason });
  const spent = cost && usageInsert(cost.usage, sql`EXISTS (SELECT FROM ended)`);
  return sql`
    WITH ended AS (
      UPDATE messages AS m
      SET status = ${status}, metadata = m.metadata || ${metadata}::jsonb
      FROM chats
      WHERE m.chat_id = ${chatId} AND m.id = ${id} AND m.status = 'streaming'
        AND chats.id = m.chat_id AND chats.user_id = ${userId}
      RETURNING m.id, m.chat_id
    ), touched AS (
      UPDATE chats SET version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
      FROM ended WHERE chats.id = ended.chat_id
    )${spent ? sql`, spent AS (${spent})` : sql``}
    SELECT id FROM ended`;
}
