/** The batch that begins a turn in Postgres, under the idempotency key of its request. */
import { uuidArray } from "../../../db/uuid-array.ts";
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../../db/client.ts";
import { violates } from "../../../db/errors.ts";
import {
  type Claim,
  earlierUse,
  findEarlierUse,
  keyIsFree,
  keyStatements,
  type KeyUse,
} from "../../../db/idempotency-keys.ts";
import { present } from "../../../lib/assert.ts";
import { BYTES_PER_TOKEN } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import { lockChat } from "../../chats/change.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../../messages/queries.ts";
import { toMessage } from "../../messages/schemas.ts";
import { lockBudgetSql, reserveSql, toBudgetProblem } from "../../usage/budgets.ts";
import { insertTurnSql, targetSql } from "./target.ts";
import {
  type BegunTurn,
  firstUserText,
  type NewTurn,
  type PastMessage,
  type ReadLimits,
  type TurnIds,
  type BeginLimits,
  type WorstTurn,
} from "./turn.ts";
import { fullnessSql, lockUserSql, mayRunSql } from "./turns-at-once.ts";
import {
  allowsTurnSql,
  contextDocumentsSql,
  findFileProblem,
  hasAttachments,
  lockFilesSql,
  ownFilesSql,
} from "./turn-documents.ts";

/** How often the batch runs where the turn that refused it has ended before it is looked up. */
const MAX_ATTEMPTS = 3;

/**
 * Commits the user message, where it is a new one, and an empty, streaming answer, and reads what the prompt
 * needs. Where the turn's key was used before, changes nothing and returns the ids of the earlier turn. One
 * trip. Throws `not_found`, `file_failed`, `file_processing`, `idempotency_key_reused`, `budget_exhausted`,
 * `model_unpriced`, `too_many_turns`, `server_busy`, or `turn_in_progress`, because a unique index admits one streaming answer per
 * chat.
 */
export async function beginTurn(
  db: Db,
  turn: NewTurn,
  limits: BeginLimits,
  attemptsLeft = MAX_ATTEMPTS,
): Promise<BegunTurn | { replay: TurnIds }> {
  try {
    const begun = await runBatch(db, turn, limits);
    if (begun) return begun;
    const problem = await findProblem(db, turn);
    if (problem || attemptsLeft <= 1) throw problem ?? new Problem("not_found");
  } catch (error) {
    await throwRefusal(db, turn, error, attemptsLeft);
  }
  // The reason of the refusal is gone meanwhile.
  return beginTurn(db, turn, limits, attemptsLeft - 1);
}

/** Undefined where the conditions of the writes do not hold. */
async function runBatch(
  db: Db,
  turn: NewTurn,
  limits: BeginLimits,
): Promise<BegunTurn | { replay: TurnIds } | undefined> {
  const { userId, chatId, userMessage } = turn;
  const claim = claimOf(turn);
  const key = keyStatements(claim);
  const messageKey = { userId, chatId, userMessageId: userMessage.id };
  const { use, pair, path, documents, fullness } = await batch(db, {
    lockKey: key.lock,
    // User, chat, files, as in every batch that locks more than one of them; otherwise two could deadlock.
    lockUser: lockUserSql(turn),
    lockChat: isInNewChat(turn) ? undefined : lockChat(userId, chatId),
    lockFiles: lockFilesSql(userId, turn.files),
    // Before the writes: a turn may end meanwhile, and none can begin.
    fullness: fullnessSql(turn),
    newChat: isInNewChat(turn) ? createChatSql(turn, claim) : undefined,
    history: isInNewChat(turn) ? historySql(turn) : undefined,
    messages: insertTurnSql(turn, claim),
    ...reservation(turn, limits),
    keepKey: key.keep,
    use: key.use,
    pair: pairSql(turn),
    path: pathSql(turn, limits),
    documents: contextDocumentsSql(messageKey, limits.wholeDocuments),
  });
  const earlier = earlierUse(claim, use?.rows[0]);
  if (earlier) return { replay: toTurnIds(earlier) };
  const inserted = toPair(turn, pair.rows);
  const [limit] = fullness?.rows ?? [];
  if (!inserted && limit?.full) throw new Problem("too_many_turns");
  if (!inserted && limit?.busy) throw new Problem("server_busy");
  if (!inserted) return undefined;
  const needsTitle = inserted.autoTitle && firstUserText(path.rows) !== undefined;
  const { autoTitle: _, ...messages } = inserted;
  return { ...messages, needsTitle, path: path.rows, documents: documents.rows };
}

/** After the messages are inserted, because what a turn reserves depends on its history. */
function reservation(turn: NewTurn, limits: BeginLimits) {
  const { worst, defaults } = limits.budget;
  const payer = { userId: turn.userId, keyId: turn.keyId ?? null };
  const answer = pathTokensSql(turn, limits, worst);
  return {
    lockBudget: lockBudgetSql(payer),
    reserve: reserveSql(payer, answer, worst, { defaults, at: turn.at }),
  };
}

/** Throws the problem of a violated constraint; returns where the batch may be tried again. */
async function throwRefusal(
  db: Db,
  turn: NewTurn,
  error: unknown,
  attemptsLeft: number,
): Promise<void> {
  if (violates(error, "chats_user_id_fkey")) throw new Problem("invalid_token");
  const exhausted = toBudgetProblem(error, new Date(turn.at));
  if (exhausted) throw exhausted;
  if (CLIENT_ID_KEYS.some((key) => violates(error, key))) throw new Problem("turn_in_progress");
  if (!violates(error, "messages_one_streaming_key")) throw error;
  const running = await findStreamingAnswer(db, turn);
  if (running) throw new Problem("turn_in_progress", { members: { message_id: running } });
  if (attemptsLeft <= 1) throw new Problem("turn_in_progress");
}

/** Violated where another turn, which began just before, has the client's id of a new chat or user message. */
const CLIENT_ID_KEYS = ["chats_client_key", "messages_client_key"];

/** Why the writes' conditions do not hold. Looks at the files only where they can be the reason. */
async function findProblem(db: Db, turn: NewTurn): Promise<Problem | undefined> {
  const { userId, files, target } = turn;
  const isPlain = target === "append" && files.waits && !hasAttachments(files);
  return isPlain
    ? new Problem("not_found")
    : findFileProblem(db, userId, files, filesOfTargetSql(turn));
}

/** An unlisted chat gets no title from the model. */
function createChatSql(turn: InNewChat, claim: Claim | undefined): SQL {
  const { chatId, userId, files, at, unlisted, newChatClientId = null } = turn;
  const { history, expiresAt } = unlisted ?? { history: [], expiresAt: null };
  return sql`
    INSERT INTO chats (id, user_id, title, created_at, updated_at, auto_title, unlisted, expires_at, message_count,
      current_message_id, client_id)
    SELECT ${chatId}::uuid, ${userId}::uuid, ${turn.newChatTitle}, ${at}::timestamptz, ${at}::timestamptz,
      ${!unlisted}::boolean, ${unlisted !== undefined}::boolean, ${expiresAt}::timestamptz, ${history.length}::int,
      ${history.at(-1)?.id ?? null}::uuid, ${newChatClientId}
    WHERE ${keyIsFree(claim)} AND ${mayRunSql(turn)}
      AND ${allowsTurnSql(userId, files, ownFilesSql(userId, files), NO_IDS)}
    ON CONFLICT (id) DO NOTHING`;
}

const NO_IDS = uuidArray([]);

/** Inserts the history of an unlisted chat, where the chat was created; undefined without one. */
function historySql({ chatId, userId, at, unlisted }: InNewChat): SQL | undefined {
  if (!unlisted || unlisted.history.length === 0) return undefined;
  const { history } = unlisted;
  const rows = history.map((message, index) => ({
    ...message,
    parent_id: history[index - 1]?.id ?? null,
    before: history.length - index,
  }));
  return sql`
    INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
    SELECT h.id, chats.id, h.parent_id, h.type, h.content, 'complete',
      ${at}::timestamptz - h.before * interval '1 millisecond'
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb)
      AS h (id uuid, parent_id uuid, type text, content text, before integer)
    JOIN chats ON chats.id = ${chatId} AND chats.user_id = ${userId} AND chats.unlisted
    ON CONFLICT (id) DO NOTHING`;
}

type InNewChat = Extract<NewTurn, { target: "append" }> & { newChatTitle: string };

function isInNewChat(turn: NewTurn): turn is InNewChat {
  return "newChatTitle" in turn && turn.newChatTitle !== undefined;
}

/** Selects `own` and `inherited`: the files of the user message, and of the messages above it. */
function filesOfTargetSql(turn: NewTurn): SQL {
  if (!isInNewChat(turn)) return targetSql(turn);
  return sql`SELECT ${ownFilesSql(turn.userId, turn.files)} AS own, ${NO_IDS} AS inherited`;
}

type PairRow = MessageRow & { chat_title: string; auto_title: boolean };

function pairSql({ chatId, userId, userMessage, answerId }: NewTurn): SQL<PairRow> {
  return sql<PairRow>`
    SELECT ${messageColumns}, chats.title AS chat_title, chats.auto_title
    FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
    WHERE m.chat_id = ${chatId} AND chats.user_id = ${userId} AND m.id IN (${userMessage.id}, ${answerId})`;
}

/** The user message and its answer; undefined where they are not inserted: the turn is refused. */
function toPair(turn: NewTurn, rows: PairRow[]) {
  const userMessage = rows.find((row) => row.id === turn.userMessage.id);
  const answer = rows.find((row) => row.id === turn.answerId);
  if (!userMessage || !answer) return undefined;
  return {
    userMessage: toMessage(pickMessage(userMessage)),
    answer: toMessage(pickMessage(answer)),
    chatTitle: userMessage.chat_title,
    autoTitle: userMessage.auto_title,
  };
}

function pickMessage({ chat_title: _title, auto_title: _auto, ...row }: PairRow): MessageRow {
  return row;
}

/** Walks from the user message towards the root, as far as the limits of the prompt allow. */
function pathSql(turn: NewTurn, limits: ReadLimits): SQL<PastMessage> {
  return sql<PastMessage>`
    WITH RECURSIVE ${pathCte(turn, limits)} SELECT type, content FROM path ORDER BY depth DESC`;
}

/** The answer and the most tokens of its prompt, where the turn was inserted: see `reserveSql`. */
function pathTokensSql(
  turn: NewTurn,
  limits: ReadLimits,
  { fixedTokens, documentTokens }: WorstTurn,
): SQL {
  return sql`
    WITH RECURSIVE ${pathCte(turn, limits)}
    SELECT a.id, ${fixedTokens}::int
      + CASE WHEN a.file_ids = '{}' THEN 0 ELSE ${documentTokens}::int END
      + (SELECT ceil(coalesce(sum(octet_length(content)), 0)::numeric / ${BYTES_PER_TOKEN}::int) + 4 * count(*) FROM path)
      AS prompt_tokens
    FROM messages AS a JOIN chats ON chats.id = a.chat_id
    WHERE a.chat_id = ${turn.chatId} AND a.id = ${turn.answerId} AND a.status = 'streaming'
      AND chats.user_id = ${turn.userId}`;
}

function pathCte({ chatId, userId, userMessage }: NewTurn, limits: ReadLimits): SQL {
  return sql`path AS (
      SELECT m.parent_id, m.type, m.content, 0 AS bytes, 1 AS depth
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.chat_id = ${chatId} AND m.id = ${userMessage.id} AND chats.user_id = ${userId}
      UNION ALL
      SELECT m.parent_id, m.type, m.content, path.bytes + octet_length(m.content), path.depth + 1
      FROM path JOIN messages AS m ON m.chat_id = ${chatId} AND m.id = path.parent_id
      WHERE path.bytes + octet_length(m.content) <= ${limits.historyBytes}::int
        AND path.depth < ${limits.historyMessages}::int
    )`;
}

async function findStreamingAnswer(
  db: Db,
  { chatId, userId }: NewTurn,
): Promise<string | undefined> {
  const row = await readOne(
    db,
    sql<{ id: string }>`
      SELECT m.id FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.chat_id = ${chatId} AND chats.user_id = ${userId} AND m.status = 'streaming'`,
  );
  return row?.id;
}

/** The claim of the turn's idempotency key; undefined without one. */
function claimOf(turn: NewTurn): Claim | undefined {
  const { key, userId: ownerId, chatId, userMessage, answerId, at } = turn;
  if (!key) return undefined;
  const isMade = sql`EXISTS (
    SELECT FROM messages AS m JOIN chats ON chats.id = m.chat_id
    WHERE m.chat_id = ${chatId} AND m.id = ${answerId} AND chats.user_id = ${ownerId})`;
  return { ...key, ownerId, made: { chatId, messageId: userMessage.id, answerId }, isMade, at };
}

/**
 * The earlier turn of the same idempotency key; undefined where there is none. Without a key this takes no
 * trip. Throws `idempotency_key_reused`.
 */
export async function findTurnOfKey(db: Db, turn: NewTurn): Promise<TurnIds | undefined> {
  const claim = claimOf(turn);
  const use = claim && (await findEarlierUse(db, claim));
  return use && toTurnIds(use);
}

function toTurnIds({ chatId, messageId, answerId }: KeyUse): TurnIds {
  return {
    chatId: present(chatId, "the chat of a key"),
    userMessageId: present(messageId, "the user message of a key"),
    answerId: present(answerId, "the answer of a key"),
  };
}
