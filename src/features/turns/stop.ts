/** Stopping an answer. */
import { sql, type SQL } from "drizzle-orm";
import type { Context } from "hono";
import { type Db, readOne } from "../../db/client.ts";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { roomCall } from "../../lib/room-call.ts";
import { ownedChat, pathToAnswer } from "../messages/path.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { type Message, toMessage } from "../messages/schemas.ts";

/**
 * Stops the running answer, or only the one with this id. Resolves to the answer as it stands; where it is not
 * running, to that answer as it is stored, or to the last one of the active path, if there is any. Throws
 * `not_found` and `room_unavailable`.
 */
export async function stopAnswer(
  c: Context<App>,
  chatId: string,
  messageId: string | undefined,
): Promise<Message | undefined> {
  const { userId } = c.get("principal");
  const { db } = c.get("deps");
  const stopped = await stopInRoom(c, chatId, messageId);
  if (stopped) return stopped;
  const stored = await findStored(db, userId, chatId, messageId);
  if (stored?.status !== "streaming") return stored;
  // It began after the first call of the room, or its commit went through unnoticed.
  const { id } = stored;
  return (await stopInRoom(c, chatId, id)) ?? (await settleInRoom(c, stored));
}

/** Ends an answer that is streaming in Postgres but not in its room. Resolves to it as it is stored then. */
async function settleInRoom(c: Context<App>, answer: Message): Promise<Message | undefined> {
  const { chat_id: chatId, id } = answer;
  await callRoom(() => c.env.CHAT_ROOM.getByName(chatId).settle(id));
  return findStored(c.get("deps").db, c.get("principal").userId, chatId, id);
}

function stopInRoom(c: Context<App>, chatId: string, messageId: string | undefined) {
  const { userId } = c.get("principal");
  return callRoom(() => c.env.CHAT_ROOM.getByName(chatId).stop({ userId, messageId }));
}

async function callRoom<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await roomCall(call);
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error });
  }
}

/** `owned_chat`: the chat's id; `id` is null where it has no such answer. */
type StoredAnswer = { owned_chat: string } & (MessageRow | { id: null });

async function findStored(
  db: Db,
  ownerId: string,
  chatId: string,
  messageId: string | undefined,
): Promise<Message | undefined> {
  const target = messageId ? sql`${messageId}` : sql`(SELECT id FROM path WHERE type = 'bot')`;
  const row = await readOne(db, selectAnswerSql(ownerId, chatId, target));
  if (!row || (row.id === null && messageId)) throw new Problem("not_found");
  if (row.id === null) return undefined;
  const { owned_chat: _chat, ...message } = row;
  return toMessage(message);
}

function selectAnswerSql(ownerId: string, chatId: string, target: SQL): SQL<StoredAnswer> {
  return sql<StoredAnswer>`
    WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${pathToAnswer}
    SELECT chat.id AS owned_chat, answer.*
    FROM chat LEFT JOIN LATERAL (
      SELECT ${messageColumns} FROM messages AS m ${joinSiblings}
      WHERE m.chat_id = chat.id AND m.type = 'bot' AND m.id = ${target}
    ) AS answer ON true`;
}
