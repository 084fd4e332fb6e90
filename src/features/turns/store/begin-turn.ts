/** The two batches of a turn in Postgres: its beginning and its end. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../../db/client.ts";
import { violates } from "../../../db/errors.ts";
import {
  batchUnderKey,
  type Claim,
  type IdempotencyKey,
  keyIsFree,
} from "../../../db/idempotency-keys.ts";
import { latestSql } from "../../../db/times.ts";
import { Problem } from "../../../lib/problem.ts";
import { lockChat } from "../../chats/change.ts";
import { DEFAULT_TITLE } from "../../chats/schemas.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../../messages/queries.ts";
import { type Message, toMessage } from "../../messages/schemas.ts";
import { type NewUsage, usageInsert } from "../../usage/queries.ts";
import {
  allowsTurn,
  bringsFiles,
  explainRefusal,
  lockFiles,
  ownFiles,
  type TurnFiles,
} from "./attachments.ts";
import { type DocumentInReach, selectDocuments } from "./documents-in-reach.ts";
import { insertTurn, selectPlace, type TurnPlace } from "./target.ts";
import type { PastMessage } from "../generate/prompt.ts";
import { claimOfTurn, toTurnIds, type TurnIds } from "./turn-key.ts";

/** A turn that is to begin, and where in its chat. */
export type NewTurn = TurnPlace & {
  userId: string;
  chatId: string;
  answerId: string;
  files: TurnFiles;
  /** ISO 8601. */
  at: string;
  /** What the client names its request by, so that it can repeat it. */
  key?: IdempotencyKey;
};

export type BegunTurn = {
  question: Message;
  answer: Message;
  chatTitle: string;
  /** True when the chat has no title that was asked for or given, and text to be named after. */
  wantsTitle: boolean;
  /** The active path up to the question, oldest first, as much as the budget takes. */
  path: PastMessage[];
  /** The newest first. */
  documents: DocumentInReach[];
};

/** How much is read of what a prompt may hold: bytes and messages of history, characters of documents. */
export type ReadLimits = { historyBytes: number; historyMessages: number; wholeDocuments: number };

/**
 * Commits the question, where it is a new one, and an empty, streaming answer, and reads what the
 * prompt needs; or, where the turn's key began one before, does nothing but name that. One trip. Throws `not_found`,
 * `file_failed`, `file_processing`, `idempotency_key_reused`, or `turn_in_progress`: a unique index lets one
 * turn of a chat in.
 */
export async function beginTurn(
  db: Db,
  turn: NewTurn,
  limits: ReadLimits,
  triesLeft = MOST_TRIES,
): Promise<BegunTurn | { replay: TurnIds }> {
  const claim = claimOfTurn(turn);
  try {
    const { earlier, read } = await batchUnderKey(db, claim, {
      writes: writesOf(turn, claim),
      reads: [readPair(turn), readPath(turn, limits), readDocumentsOf(turn, limits)],
    });
    if (earlier) return { replay: toTurnIds(earlier) };
    const begun = toBegunTurn(turn, read);
    if (begun) return begun;
    const refusal = await explain(db, turn);
    if (refusal || triesLeft <= 1) throw refusal ?? new Problem("not_found");
  } catch (error) {
    if (violates(error, "chats_user_id_fkey")) throw new Problem("invalid_token");
    if (!violates(error, "messages_one_streaming_key")) throw error;
    const running = await findRunning(db, turn);
    if (running) throw new Problem("turn_in_progress", { members: { message_id: running } });
    if (triesLeft <= 1) throw new Problem("turn_in_progress");
  }
  // What refused it has ended in between: the place is free.
  return beginTurn(db, turn, limits, triesLeft - 1);
}

/** Beyond this, turns come and go faster than they can be named. */
const MOST_TRIES = 3;

type PairRow = MessageRow & { chat_title: string; auto_title: boolean };

function toBegunTurn(turn: NewTurn, read: Record<string, unknown>[][]): BegunTurn | undefined {
  const [pair, path, documents] = read as [PairRow[], PastMessage[], DocumentInReach[]];
  const question = pair.find((row) => row.id === turn.question.id);
  const answer = pair.find((row) => row.id === turn.answerId);
  if (!question || !answer) return undefined;
  return {
    question: toMessage(pickMessage(question)),
    answer: toMessage(pickMessage(answer)),
    chatTitle: question.chat_title,
    wantsTitle: question.auto_title && textToName(path) !== undefined,
    path,
    documents,
  };
}

/** What the user said first, as far back as the path was read; undefined where there is only white space. */
export function textToName(path: readonly PastMessage[]): string | undefined {
  return path.find(({ type, content }) => type === "user" && content.trim() !== "")?.content;
}

function pickMessage({ chat_title: _title, auto_title: _auto, ...row }: PairRow): MessageRow {
  return row;
}

/** Where files may be the reason, that is asked: else the chat or the question is not there. */
async function explain(db: Db, turn: NewTurn): Promise<Problem | undefined> {
  const { userId, files, place } = turn;
  const isPlain = place === "end" && files.waits && !bringsFiles(files);
  return isPlain ? new Problem("not_found") : explainRefusal(db, userId, files, placeOf(turn));
}

function writesOf(turn: NewTurn, claim: Claim | undefined): [SQL, ...SQL[]] {
  const lock = lockFiles(turn.userId, turn.files);
  const writes: [SQL, SQL] = [chatOf(turn, claim), insertTurn(turn, claim)];
  return lock ? [lock, ...writes] : writes;
}

/** The chat is made, or its row locked, as the statements after it rely on its rules. */
function chatOf(turn: NewTurn, claim: Claim | undefined): SQL {
  const { chatId, userId, files, at } = turn;
  if (!isInNewChat(turn)) return lockChat(userId, chatId);
  return sql`
    INSERT INTO chats (id, user_id, title, created_at, updated_at)
    SELECT ${chatId}::uuid, ${userId}::uuid, ${turn.newChatTitle}, ${at}::timestamptz, ${at}::timestamptz
    WHERE ${keyIsFree(claim)} AND ${allowsTurn(userId, files, ownFiles(userId, files), NO_IDS)}
    ON CONFLICT (id) DO NOTHING`;
}

const NO_IDS = sql`'{}'::uuid[]`;

function isInNewChat(turn: NewTurn): turn is NewTurn & { newChatTitle: string } {
  return "newChatTitle" in turn && turn.newChatTitle !== undefined;
}

/** What the turn's files are beside, or would be. */
function placeOf(turn: NewTurn): SQL {
  if (!isInNewChat(turn)) return selectPlace(turn);
  return sql`SELECT ${ownFiles(turn.userId, turn.files)} AS own, ${NO_IDS} AS inherited`;
}

function readDocumentsOf({ userId, chatId, question }: NewTurn, limits: ReadLimits): SQL {
  return selectDocuments({ userId, chatId, questionId: question.id }, limits.wholeDocuments);
}

function readPair({ chatId, userId, question, answerId }: NewTurn) {
  return sql`
    SELECT ${messageColumns}, chats.title AS chat_title, chats.auto_title
    FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
    WHERE m.chat_id = ${chatId} AND chats.user_id = ${userId} AND m.id IN (${question.id}, ${answerId})`;
}

/** Walks from the question to the root and stops once the history is as large as the prompt takes. */
function readPath({ chatId, userId, question }: NewTurn, limits: ReadLimits) {
  return sql`
    WITH RECURSIVE path AS (
      SELECT m.parent_id, m.type, m.content, 0 AS bytes, 1 AS depth
      FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.chat_id = ${chatId} AND m.id = ${question.id} AND chats.user_id = ${userId}
      UNION ALL
      SELECT m.parent_id, m.type, m.content, path.bytes + octet_length(m.content), path.depth + 1
      FROM path JOIN messages AS m ON m.chat_id = ${chatId} AND m.id = path.parent_id
      WHERE path.bytes + octet_length(m.content) <= ${limits.historyBytes}::int
        AND path.depth < ${limits.historyMessages}::int
    )
    SELECT type, content FROM path ORDER BY depth DESC`;
}

async function findRunning(db: Db, { chatId, userId }: NewTurn): Promise<string | undefined> {
  const { rows } = await repeatable(() =>
    db.execute<{ id: string }>(sql`
      SELECT m.id FROM messages AS m JOIN chats ON chats.id = m.chat_id
      WHERE m.chat_id = ${chatId} AND chats.user_id = ${userId} AND m.status = 'streaming'`),
  );
  return rows[0]?.id;
}

export type FinishedTurn = {
  userId: string;
  chatId: string;
  message: Message;
  /** A title that came in time; it does not replace one that the user gave meanwhile. */
  title?: string;
  /** A title for want of one, for a chat that has none yet; the next turn asks again. */
  placeholder?: string;
  usage: NewUsage[];
  /** ISO 8601. */
  at: string;
};

/**
 * Saves the answer, what it cost and the chat's title; only an answer that is still streaming is
 * written, so it can be repeated. One trip. The chat's title, or undefined when the chat is gone.
 */
export async function finishTurn(db: Db, turn: FinishedTurn): Promise<string | undefined> {
  const results = await repeatable(() =>
    db.batch([
      // First, as every beginning does: one that waits for this answer's end would be waited for in turn.
      db.execute(lockChat(turn.userId, turn.chatId)),
      db.execute(saveAnswer(turn)),
      ...turn.usage.map((usage) => db.execute(usageInsert(usage))),
      ...titleWrites(turn).map((write) => db.execute(write)),
      db.execute<{ title: string }>(readTitle(turn)),
    ]),
  );
  return titleOf(results.at(-1)?.rows);
}

/** Saves a title that came after the answer, and what it cost. */
export async function saveLateTitle(
  db: Db,
  turn: Omit<FinishedTurn, "message">,
): Promise<string | undefined> {
  const results = await repeatable(() =>
    db.batch([
      db.execute(readTitle(turn)),
      ...titleWrites(turn).map((write) => db.execute(write)),
      ...turn.usage.map((usage) => db.execute(usageInsert(usage))),
      db.execute<{ title: string }>(readTitle(turn)),
    ]),
  );
  return titleOf(results.at(-1)?.rows);
}

function saveAnswer({ userId, chatId, message, at }: FinishedTurn) {
  return sql`
    WITH saved AS (
      UPDATE messages AS m
      SET content = ${message.content}, status = ${message.status}, metadata = ${JSON.stringify(message.metadata)}::jsonb
      FROM chats
      WHERE m.chat_id = ${chatId} AND m.id = ${message.id} AND m.status = 'streaming'
        AND chats.id = m.chat_id AND chats.user_id = ${userId}
      RETURNING m.chat_id
    )
    UPDATE chats SET version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
    FROM saved WHERE chats.id = saved.chat_id`;
}

type OfChat = Pick<FinishedTurn, "userId" | "chatId">;

/** Named once, a chat asks no more, whichever answer is the first of its path then. */
function saveTitle({ userId, chatId, at }: OfChat & { at: string }, title: string) {
  return sql`
    UPDATE chats
    SET title = ${title}, auto_title = false, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
    WHERE id = ${chatId} AND user_id = ${userId} AND auto_title`;
}

/** No client's own words are replaced by a placeholder, nor is a placeholder by another. */
function savePlaceholder({ userId, chatId, at }: OfChat & { at: string }, placeholder: string) {
  return sql`
    UPDATE chats
    SET title = ${placeholder}, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
    WHERE id = ${chatId} AND user_id = ${userId} AND auto_title AND title = ${DEFAULT_TITLE}`;
}

function titleWrites(turn: Omit<FinishedTurn, "message">): SQL[] {
  const { title, placeholder } = turn;
  if (title !== undefined) return [saveTitle(turn, title)];
  return placeholder === undefined ? [] : [savePlaceholder(turn, placeholder)];
}

function readTitle({ userId, chatId }: OfChat) {
  return sql`SELECT title FROM chats WHERE id = ${chatId} AND user_id = ${userId}`;
}

function titleOf(rows: Record<string, unknown>[] | undefined): string | undefined {
  const title = rows?.[0]?.title;
  return typeof title === "string" ? title : undefined;
}

/** An answer as Postgres has it; undefined when it is gone. */
export async function findAnswer(db: Db, turn: FinishedTurn): Promise<Message | undefined> {
  const { userId, chatId, message } = turn;
  const { rows } = await repeatable(() =>
    db.execute<MessageRow>(sql`
      SELECT ${messageColumns} FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
      WHERE m.chat_id = ${chatId} AND m.id = ${message.id} AND chats.user_id = ${userId}`),
  );
  return rows[0] && toMessage(rows[0]);
}
