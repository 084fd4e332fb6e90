/** Where the messages of a client stand in our chat, found by the client's ids or by ours. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { isId } from "../../../lib/ids.ts";
import type { Message } from "../../messages/schemas.ts";
import { type Answers, answersSql } from "../store/target.ts";
import type { TurnIds } from "../store/turn.ts";

/** The ids as the client has them. */
type ClientIds = {
  /** Undefined where the client does not name the chat: then the messages do. */
  chat: string | undefined;
  userMessage: string;
  /** Of the message before the user message. */
  previous: string | undefined;
};

export type Position = {
  chatId: string;
  /** The running answer. */
  streamingId: string | undefined;
  /** The user message, where it is stored. */
  stored: StoredUserMessage | undefined;
  /** The answer before the user message, where it is one of this chat. */
  previousId: string | undefined;
};

export type StoredUserMessage = {
  id: string;
  content: string;
  answers: Answers;
  /** The newest one. */
  answer: Pick<Message, "id" | "status"> | undefined;
};

type PositionRow = {
  chat_id: string;
  streaming_id: string | null;
  stored_id: string | null;
  content: string | null;
  answer_ids: string[];
  answers: number;
  answer: Pick<Message, "id" | "status"> | null;
  previous_id: string | null;
};

/** The position of the messages; undefined where the owner has no such chat. One trip. */
export async function findPosition(
  db: Db,
  ownerId: string,
  ids: ClientIds,
): Promise<Position | undefined> {
  const row = await readOne(db, selectPosition(ownerId, ids));
  if (!row) return undefined;
  const { stored_id: id, content, answer_ids, answers: count, answer } = row;
  const answers = { ids: answer_ids, count };
  return {
    chatId: row.chat_id,
    streamingId: row.streaming_id ?? undefined,
    stored:
      id === null || content === null
        ? undefined
        : { id, content, answers, answer: answer ?? undefined },
    previousId: row.previous_id ?? undefined,
  };
}

function selectPosition(ownerId: string, ids: ClientIds): SQL<PositionRow> {
  const previous = toOwnId(ids.previous);
  return sql<PositionRow>`
    WITH ${clientChat(ownerId, ids)},
    stored AS (
      SELECT found.id, found.content FROM (
        SELECT m.*, 1 AS rank FROM chat JOIN messages AS m ON m.chat_id = chat.id AND m.client_id = ${ids.userMessage}
        UNION ALL
        SELECT m.*, 2 FROM chat JOIN messages AS m ON m.chat_id = chat.id AND m.id = ${toOwnId(ids.userMessage)}::uuid
      ) AS found WHERE found.type = 'user' ORDER BY found.rank LIMIT 1
    )
    SELECT chat.id AS chat_id, stored.id AS stored_id, stored.content, found.answer_ids, found.answers,
      (SELECT json_build_object('id', a.id, 'status', a.status) FROM messages AS a
       WHERE a.chat_id = chat.id AND a.parent_id = stored.id ORDER BY a.created_at DESC, a.id DESC LIMIT 1) AS answer,
      (SELECT s.id FROM messages AS s WHERE s.chat_id = chat.id AND s.status = 'streaming') AS streaming_id,
      (SELECT p.id FROM messages AS p WHERE p.chat_id = chat.id AND p.id = ${previous}::uuid AND p.type = 'bot')
        AS previous_id
    FROM chat LEFT JOIN stored ON true
    CROSS JOIN LATERAL (${answersSql(sql`chat.id`, sql`stored.id`)}) AS found`;
}

/** The CTE `chat`: the owner's chat of a client's ids, or no row. */
function clientChat(ownerId: string, ids: ClientIds): SQL {
  if (ids.chat !== undefined) return chatByClientId(ownerId, ids.chat);
  const [message, previous] = [toOwnId(ids.userMessage), toOwnId(ids.previous)];
  return sql`chat AS (
    SELECT c.* FROM messages AS m JOIN chats AS c ON c.id = m.chat_id AND c.user_id = ${ownerId}
    WHERE m.id IN (${message}::uuid, ${previous}::uuid) LIMIT 1
  )`;
}

/** The CTE `chat`: the owner's chat by the id that the client made, else by ours; or no row. */
export function chatByClientId(ownerId: string, id: string): SQL {
  return sql`chat AS (
    SELECT * FROM (
      SELECT *, 1 AS rank FROM chats WHERE user_id = ${ownerId} AND client_id = ${id}
      UNION ALL
      SELECT *, 2 FROM chats WHERE user_id = ${ownerId} AND id = ${toOwnId(id)}::uuid
    ) AS found ORDER BY rank LIMIT 1
  )`;
}

/** Our id of the owner's chat; undefined where there is none. */
export async function findChatId(db: Db, ownerId: string, id: string): Promise<string | undefined> {
  const statement = sql<{ id: string }>`WITH ${chatByClientId(ownerId, id)} SELECT id FROM chat`;
  return (await readOne(db, statement))?.id;
}

/** The turn of an answer, or the last one of the chat with a client's id or ours; undefined where there is none. */
export async function findRun(db: Db, ownerId: string, id: string): Promise<TurnIds | undefined> {
  const statement = sql<TurnIds>`
    WITH ${chatByClientId(ownerId, id)}
    SELECT found.chat_id AS "chatId", found.parent_id AS "userMessageId", found.id AS "answerId" FROM (
      SELECT m.*, 1 AS rank FROM messages AS m JOIN chats AS c ON c.id = m.chat_id AND c.user_id = ${ownerId}
      WHERE m.id = ${toOwnId(id)}::uuid
      UNION ALL
      SELECT m.*, 2 FROM chat JOIN messages AS m ON m.chat_id = chat.id AND m.id = chat.current_message_id
    ) AS found WHERE found.type = 'bot' AND found.parent_id IS NOT NULL ORDER BY found.rank LIMIT 1`;
  return readOne(db, statement);
}

/** The text where it can be an id of ours, else null. */
function toOwnId(id: string | undefined): string | null {
  return id !== undefined && isId(id) ? id.toLowerCase() : null;
}
