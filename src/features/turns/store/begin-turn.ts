/** The batch that begins a turn in Postgres. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../../db/client.ts";
import { violates } from "../../../db/errors.ts";
import { type Claim, earlierUse, keyIsFree, keyStatements } from "../../../db/idempotency-keys.ts";
import { Problem } from "../../../lib/problem.ts";
import { lockChat } from "../../chats/change.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../../messages/queries.ts";
import { toMessage } from "../../messages/schemas.ts";
import {
  allowsTurnSql,
  explainRefusal,
  hasAttachments,
  lockFilesSql,
  ownFilesSql,
} from "./attachments.ts";
import { contextDocumentsSql } from "./context-documents.ts";
import { insertTurnSql, targetSql } from "./target.ts";
import { claimOfTurn, toTurnIds, type TurnIds } from "./turn-key.ts";
import {
  type BegunTurn,
  firstUserText,
  type NewTurn,
  type PastMessage,
  type ReadLimits,
} from "./turn.ts";

/** Attempts to name the turn that is in the way; beyond them, turns begin and end faster than that. */
const MAX_ATTEMPTS = 3;

/**
 * Commits the user message, where it is a new one, and an empty, streaming answer, and reads what the prompt
 * needs; or, where the turn's key began a turn before, changes nothing and names that one. One trip. Throws
 * `not_found`, `file_failed`, `file_processing`, `idempotency_key_reused`, or `turn_in_progress`: a unique
 * index admits one turn per chat.
 */
export async function beginTurn(
  db: Db,
  turn: NewTurn,
  limits: ReadLimits,
  attemptsLeft = MAX_ATTEMPTS,
): Promise<BegunTurn | { replay: TurnIds }> {
  try {
    const begun = await runBatch(db, turn, limits);
    if (begun) return begun;
    const refusal = await explain(db, turn);
    if (refusal || attemptsLeft <= 1) throw refusal ?? new Problem("not_found");
  } catch (error) {
    await refuseViolation(db, turn, error, attemptsLeft);
  }
  // What refused it has ended meanwhile.
  return beginTurn(db, turn, limits, attemptsLeft - 1);
}

/** Undefined where the conditions of the writes did not hold. */
async function runBatch(
  db: Db,
  turn: NewTurn,
  limits: ReadLimits,
): Promise<BegunTurn | { replay: TurnIds } | undefined> {
  const { userId, chatId, userMessage } = turn;
  const claim = claimOfTurn(turn);
  const key = keyStatements(claim);
  const inTurn = { userId, chatId, userMessageId: userMessage.id };
  const { use, pair, path, documents } = await batch(db, {
    lockKey: key.lock,
    lockFiles: lockFilesSql(userId, turn.files),
    chat: createOrLockChatSql(turn, claim),
    messages: insertTurnSql(turn, claim),
    keepKey: key.keep,
    use: key.use,
    pair: pairSql(turn),
    path: pathSql(turn, limits),
    documents: contextDocumentsSql(inTurn, limits.wholeDocuments),
  });
  const earlier = earlierUse(claim, use?.rows[0]);
  if (earlier) return { replay: toTurnIds(earlier) };
  const read = toPair(turn, pair.rows);
  if (!read) return undefined;
  const needsTitle = read.autoTitle && firstUserText(path.rows) !== undefined;
  const { autoTitle: _, ...messages } = read;
  return { ...messages, needsTitle, path: path.rows, documents: documents.rows };
}

/** Returns where the turn in the way has ended meanwhile, and there are attempts left. */
async function refuseViolation(
  db: Db,
  turn: NewTurn,
  error: unknown,
  attemptsLeft: number,
): Promise<void> {
  if (violates(error, "chats_user_id_fkey")) throw new Problem("invalid_token");
  if (!violates(error, "messages_one_streaming_key")) throw error;
  const running = await findStreamingAnswer(db, turn);
  if (running) throw new Problem("turn_in_progress", { members: { message_id: running } });
  if (attemptsLeft <= 1) throw new Problem("turn_in_progress");
}

/** Asks for files as the reason where they may be it: otherwise the chat or the user message is missing. */
async function explain(db: Db, turn: NewTurn): Promise<Problem | undefined> {
  const { userId, files, target } = turn;
  const isPlain = target === "append" && files.waits && !hasAttachments(files);
  return isPlain
    ? new Problem("not_found")
    : explainRefusal(db, userId, files, filesOfTargetSql(turn));
}

/** Creates the chat, or locks its row, because the statements after it rely on it. */
function createOrLockChatSql(turn: NewTurn, claim: Claim | undefined): SQL {
  const { chatId, userId, files, at } = turn;
  if (!isInNewChat(turn)) return lockChat(userId, chatId);
  return sql`
    INSERT INTO chats (id, user_id, title, created_at, updated_at)
    SELECT ${chatId}::uuid, ${userId}::uuid, ${turn.newChatTitle}, ${at}::timestamptz, ${at}::timestamptz
    WHERE ${keyIsFree(claim)} AND ${allowsTurnSql(userId, files, ownFilesSql(userId, files), NO_IDS)}
    ON CONFLICT (id) DO NOTHING`;
}

const NO_IDS = sql`'{}'::uuid[]`;

function isInNewChat(turn: NewTurn): turn is NewTurn & { newChatTitle: string } {
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

/** The user message and its answer; undefined where they are not there: the turn was refused. */
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

/** Walks from the user message to the root until the history is as large as the prompt takes. */
function pathSql({ chatId, userId, userMessage }: NewTurn, limits: ReadLimits): SQL<PastMessage> {
  return sql<PastMessage>`
    WITH RECURSIVE path AS (
      SELECT m.parent_id, m.type, m.content, 0 AS bytes, 1 AS depth
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.chat_id = ${chatId} AND m.id = ${userMessage.id} AND chats.user_id = ${userId}
      UNION ALL
      SELECT m.parent_id, m.type, m.content, path.bytes + octet_length(m.content), path.depth + 1
      FROM path JOIN messages AS m ON m.chat_id = ${chatId} AND m.id = path.parent_id
      WHERE path.bytes + octet_length(m.content) <= ${limits.historyBytes}::int
        AND path.depth < ${limits.historyMessages}::int
    )
    SELECT type, content FROM path ORDER BY depth DESC`;
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
