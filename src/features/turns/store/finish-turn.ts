/** The batch that ends a turn in Postgres, and the one that saves a late title. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../../db/client.ts";
import { latestSql } from "../../../db/times.ts";
import { lockChat } from "../../chats/change.ts";
import { DEFAULT_TITLE } from "../../chats/schemas.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../../messages/queries.ts";
import { type Message, toMessage } from "../../messages/schemas.ts";
import { type NewUsage, usageInsert } from "../../usage/queries.ts";
import type { FinishedTurn, LateTitle } from "./turn.ts";

/**
 * Saves the answer, its cost and the chat's title in one trip. Writes only an answer that is still streaming, so
 * the batch can be repeated. Resolves to the chat's title; undefined where the chat is deleted.
 */
export async function finishTurn(db: Db, turn: FinishedTurn): Promise<string | undefined> {
  const { title } = await batch(db, {
    // First, as in the batch that begins a turn: one that waits for the end of this answer holds the same lock.
    lock: lockChat(turn.userId, turn.chatId),
    answer: saveAnswerSql(turn),
    usage: turn.usage.map((usage) => usageInsert(usage)),
    titleWrite: titleWriteSql(turn),
    title: titleSql(turn),
  });
  return title.rows[0]?.title;
}

/** Saves a title that comes after the answer, and its cost, in one trip. Resolves as `finishTurn` does. */
export async function saveLateTitle(db: Db, late: LateTitle): Promise<string | undefined> {
  const { title } = await batch(db, {
    titleWrite: titleWriteSql(late),
    usage: late.usage.map((usage) => usageInsert(usage)),
    title: titleSql(late),
  });
  return title.rows[0]?.title;
}

/** Saves what was spent on a turn that did not begin, in one trip. */
export async function saveUsage(db: Db, usage: readonly NewUsage[]): Promise<void> {
  await batch(db, { usage: usage.map((each) => usageInsert(each)) });
}

function saveAnswerSql({ userId, chatId, message, at }: FinishedTurn): SQL {
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

function titleWriteSql(late: LateTitle): SQL | undefined {
  const { title, placeholder } = late;
  if (title !== undefined) return saveTitleSql(late, title);
  return placeholder === undefined ? undefined : savePlaceholderSql(late, placeholder);
}

/** A chat that has a title from the model keeps it, whatever the first answer of its path is. */
function saveTitleSql({ userId, chatId, at }: LateTitle, title: string): SQL {
  return sql`
    UPDATE chats
    SET title = ${title}, auto_title = false, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
    WHERE id = ${chatId} AND user_id = ${userId} AND auto_title`;
}

/** A placeholder replaces neither the user's title nor another placeholder. */
function savePlaceholderSql({ userId, chatId, at }: LateTitle, placeholder: string): SQL {
  return sql`
    UPDATE chats
    SET title = ${placeholder}, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)}
    WHERE id = ${chatId} AND user_id = ${userId} AND auto_title AND title = ${DEFAULT_TITLE}`;
}

function titleSql({ userId, chatId }: LateTitle): SQL<{ title: string }> {
  return sql<{
    title: string;
  }>`SELECT title FROM chats WHERE id = ${chatId} AND user_id = ${userId}`;
}

/** The answer as Postgres has it; undefined where it is deleted. */
export async function findAnswer(db: Db, turn: FinishedTurn): Promise<Message | undefined> {
  const { userId, chatId, message } = turn;
  const row = await readOne(
    db,
    sql<MessageRow>`
      SELECT ${messageColumns} FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
      WHERE m.chat_id = ${chatId} AND m.id = ${message.id} AND chats.user_id = ${userId}`,
  );
  return row && toMessage(row);
}
