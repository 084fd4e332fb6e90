/**
 * The cron job's part in turns. Ends answers that are still streaming in Postgres long after they began, and sets
 * the alarm of rooms that have work but none. Rooms come first in both, because only they know what runs.
 */
import { sql } from "drizzle-orm";
import { batch, type Db, read } from "../../db/client.ts";
import { describeFailure, isPermanent } from "../../db/errors.ts";
import { latestSql } from "../../db/times.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { present } from "../../lib/assert.ts";
import { toIso } from "../../lib/clock.ts";
import { firstIdAt } from "../../lib/ids.ts";
import { logError } from "../../lib/log.ts";
import { BYTES_PER_TOKEN, findModel, type Model } from "../../lib/models.ts";
import { roomCall } from "../../lib/room-call.ts";
import { lockChat } from "../chats/change.ts";
import { type NewUsage, usageInsert } from "../usage/queries.ts";
import { historyBytes } from "./context/budget.ts";
import type { Settled } from "./room/contract.ts";
import { answerMetadata, SAVE_REFUSED } from "./store/answer.ts";

/** Within this time the room's own watchdog ends an interrupted answer. */
const INTERRUPTED_AFTER_MS = 60_000;
/** Longer than any turn may run: such an answer is certainly interrupted. */
const OVERDUE_MS = 15 * 60_000;
/** As many rooms as one invocation may call. The next minute takes the rest. */
const MOST_ANSWERS_PER_RUN = 800;
const ROOMS_AT_ONCE = 10;

type StreamingAnswer = { id: string; chat_id: string; user_id: string; created_at: string };

type Outcome = Exclude<Settled, "unknown"> | "interrupted";

type OutcomeCounts = Record<"found" | Outcome, number>;

/** Has the rooms end answers that may be interrupted, and ends those that no room knows. Can be run twice at once. */
export async function reconcileTurns(env: Env, deps: Deps): Promise<OutcomeCounts> {
  const answers = await listStreaming(deps);
  const counts: OutcomeCounts = {
    found: answers.length,
    running: 0,
    ended: 0,
    interrupted: 0,
    abandoned: 0,
    failed: 0,
  };
  for (const group of groupsOf(answers, ROOMS_AT_ONCE)) {
    const outcomes = await Promise.all(group.map((answer) => settle(env, deps, answer)));
    for (const outcome of outcomes) counts[outcome]++;
  }
  return counts;
}

function* groupsOf<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let start = 0; start < items.length; start += size) yield items.slice(start, start + size);
}

/**
 * Overdue answers first, the others in an order that changes every minute, so that no number of healthy
 * answers keeps an interrupted one waiting for long.
 */
async function listStreaming({ db, clock }: Deps): Promise<StreamingAnswer[]> {
  const now = clock();
  const minute = String(Math.floor(now / 60_000));
  const [before, overdue] = [now - INTERRUPTED_AFTER_MS, now - OVERDUE_MS].map((ms) =>
    toIso(new Date(ms)),
  );
  return read(
    db,
    sql<StreamingAnswer>`
      SELECT m.id, m.chat_id, m.created_at, chats.user_id
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.status = 'streaming' AND m.created_at < ${before}::timestamptz
        AND chats.user_id IS NOT NULL
      ORDER BY m.created_at < ${overdue}::timestamptz DESC, md5(${minute} || m.id::text)
      LIMIT ${MOST_ANSWERS_PER_RUN}::int`,
  );
}

/** Never rejects: an answer that cannot be settled now is found again in a minute. */
async function settle(env: Env, deps: Deps, answer: StreamingAnswer): Promise<Outcome> {
  try {
    const room = env.CHAT_ROOM.getByName(answer.chat_id);
    const settled = await roomCall(() => room.settle(answer.id));
    if (settled !== "unknown" && settled !== "abandoned") return settled;
    const outcome = settled === "unknown" ? "interrupted" : settled;
    return (await endOrReduce(deps, answer, ENDS[outcome])) ? outcome : "ended";
  } catch {
    return "failed";
  }
}

type End = { status: "interrupted" | "failed"; finishReason: string };

const ENDS = {
  interrupted: { status: "interrupted", finishReason: "turn_interrupted" },
  abandoned: { status: "failed", finishReason: SAVE_REFUSED },
} satisfies Record<string, End>;

/** Ends the answer with its estimated cost, or without where Postgres refuses that. False where it has ended. */
async function endOrReduce(deps: Deps, answer: StreamingAnswer, end: End): Promise<boolean> {
  try {
    const cost = await estimateCost(deps, answer, end);
    return await endAnswer(deps, answer, end, cost);
  } catch (error) {
    if (!isPermanent(error)) throw error;
    logError("cost_refused", { message_id: answer.id, ...describeFailure(error) });
    return endAnswer(deps, answer, end);
  }
}

type Cost = { usage: NewUsage; metadata: object };

/**
 * The room has lost the text of the answer, and a provider may have been called: the cost is estimated from the
 * length of the history.
 */
async function estimateCost(
  { db, clock, config, newId }: Deps,
  answer: StreamingAnswer,
  { finishReason }: End,
): Promise<Cost> {
  const now = clock();
  const model = present(
    findModel(config.DEFAULT_MODEL, [config.DEFAULT_MODEL], config.MODELS),
    "the default model",
  );
  const usage: NewUsage = {
    id: newId(),
    userId: answer.user_id,
    chatId: answer.chat_id,
    messageId: answer.id,
    kind: "answer",
    attempt: 1,
    model,
    promptTokens: await estimatePromptTokens(db, answer, model),
    completionTokens: 0,
    estimated: true,
    at: toIso(new Date(now)),
  };
  const seconds = (now - Date.parse(answer.created_at)) / 1000;
  const outcome = { usage, finishReason, estimated: true };
  return { usage, metadata: answerMetadata(outcome, { model }, { at: now, seconds }) };
}

/** False where it has ended meanwhile. */
async function endAnswer(
  { db, clock }: Deps,
  answer: StreamingAnswer,
  end: End,
  cost?: Cost,
): Promise<boolean> {
  const at = toIso(new Date(clock()));
  const { ended } = await batch(db, {
    // The chat first, as in every batch that writes messages; otherwise two batches could deadlock.
    lock: lockChat(answer.user_id, answer.chat_id),
    ended: endAnswerSql(answer, end, at, cost),
  });
  return ended.rows.length > 0;
}

/** Tokens of the messages before the answer, within the limit of a prompt. */
async function estimatePromptTokens(
  db: Db,
  { id, chat_id: chatId }: StreamingAnswer,
  model: Model,
): Promise<number> {
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

/** Ends the answer, and inserts its usage, only where it is still streaming. */
function endAnswerSql(
  { id, chat_id: chatId, user_id: userId }: StreamingAnswer,
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

/** After `total_ms` and `log_kept_ms` a room needs no alarm any more; this much later it is checked. */
const GRACE_MS = 60_000;
/** Twice the time between two runs, so that one missed run misses no room. */
const WINDOW_MS = 120_000;
const MOST_ROOMS_PER_RUN = 1_000;

type AlarmCounts = { checked: number; set: number; failed: number };

/**
 * Has the rooms of turns that ended some minutes ago check their alarms: the platform gives up on one that
 * failed too often, and nothing else shows that a room has a log to delete or a title to save. Can be run twice.
 */
export async function checkRooms(env: Env, { db, clock, config }: Deps): Promise<AlarmCounts> {
  const { total_ms, log_kept_ms } = config.TURN_LIMITS;
  const until = clock() - total_ms - log_kept_ms - GRACE_MS;
  const chatIds = await listChats(db, until - WINDOW_MS, until);
  const counts: AlarmCounts = { checked: chatIds.length, set: 0, failed: 0 };
  for (const group of groupsOf(chatIds, ROOMS_AT_ONCE)) {
    const checks = await Promise.allSettled(group.map((id) => ensureAlarm(env, id)));
    counts.set += checks.filter((check) => check.status === "fulfilled" && check.value).length;
    counts.failed += checks.filter((check) => check.status === "rejected").length;
  }
  return counts;
}

function ensureAlarm(env: Env, chatId: string): Promise<boolean> {
  return roomCall(() => env.CHAT_ROOM.getByName(chatId).ensureAlarm());
}

/** The chats with answers that began in this time, by the time in their ids. */
async function listChats(db: Db, from: number, until: number): Promise<string[]> {
  const rows = await read(
    db,
    sql<{ chat_id: string }>`
      SELECT DISTINCT m.chat_id FROM messages AS m JOIN chats ON chats.id = m.chat_id AND chats.user_id IS NOT NULL
      WHERE m.id >= ${firstIdAt(from)}::uuid AND m.id < ${firstIdAt(until)}::uuid AND m.type = 'bot'
      LIMIT ${MOST_ROOMS_PER_RUN}::int`,
  );
  return rows.map(({ chat_id }) => chat_id);
}
