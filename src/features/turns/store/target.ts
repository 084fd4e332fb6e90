/** The target of a turn, as SQL: where in the chat's tree its messages attach. */
import { sql, type SQL } from "drizzle-orm";
import { type Claim, keyIsFree } from "../../../db/idempotency-keys.ts";
import { latestSql } from "../../../db/times.ts";
import type { Message } from "../../messages/schemas.ts";
import {
  allowsTurnSql,
  hasAttachments,
  filesBeyondSql,
  filesInContextSql,
  linkFilesSql,
  ownFilesSql,
  type Attachments,
} from "./attachments.ts";

/** A user message as it is inserted. Its id is made before the write, so that the write can be repeated. */
export type NewUserMessage = Pick<
  Message,
  "id" | "content" | "file_name" | "file_url" | "metadata"
>;

/** The answers that a user message has: the ids of the oldest, and their count. */
export type Answers = { ids: string[]; count: number };

/**
 * - `append`: a new user message below the current message, or the first one of a new chat
 * - `edit`: a new user message with the same parent as the edited one
 * - `regenerate`: no new user message, but another answer to an existing one
 */
export type TurnTarget =
  | {
      target: "append";
      /** The title of the chat to create; absent where the chat is there. */
      newChatTitle?: string;
      userMessage: NewUserMessage;
    }
  | { target: "edit"; besideId: string; userMessage: NewUserMessage }
  | { target: "regenerate"; userMessage: { id: string }; answers: Answers };

export type TargetedTurn = {
  chatId: string;
  userId: string;
  answerId: string;
  files: Attachments;
  at: string;
} & TurnTarget;

/**
 * Inserts the messages of the turn and makes the answer the chat's current message. Writes nothing for
 * another owner's chat, a target that is gone or of the wrong type, attachments that forbid it, and a key
 * that was used: it checks again whatever was read of the target before.
 */
export function insertTurnSql(turn: TargetedTurn, claim: Claim | undefined): SQL {
  const { userId, answerId, files, at, target } = turn;
  const allowed = allowsTurnSql(userId, files, sql`target.own`, sql`target.inherited`);
  return sql`
    WITH target AS (${targetSql(turn)} AND ${keyIsFree(claim)}),
    allowed AS (SELECT * FROM target WHERE ${allowed}),
    ${target === "regenerate" ? existingUserMessageSql(turn) : insertUserMessageSql(turn)},
    answered AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_ids, created_at)
      SELECT ${answerId}, chat_id, id, 'bot', '', 'streaming', file_ids, ${at}::timestamptz FROM asked
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = answered.id, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)},
      message_count = message_count + ${target === "regenerate" ? 1 : 2}::int
    FROM answered WHERE chats.id = answered.chat_id`;
}

/**
 * Selects the chat and parent of the user message, its own files (`own`) and those of the messages above it
 * (`inherited`). Ends in a WHERE clause.
 */
export function targetSql(turn: TargetedTurn): SQL {
  if (turn.target === "append") return appendTargetSql(turn);
  const { target, userId, chatId, files } = turn;
  const id = target === "edit" ? turn.besideId : turn.userMessage.id;
  const isReplaced = target === "edit" && hasAttachments(files);
  const own = isReplaced ? ownFilesSql(userId, files) : filesBeyondSql(sql`m.file_ids`, INHERITED);
  // Null for a message that began the chat: beside it is another beginning.
  return sql`
    SELECT m.id, m.chat_id, m.parent_id, ${own} AS own, ${INHERITED} AS inherited
    FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
    WHERE m.chat_id = ${chatId} AND m.id = ${id} AND m.type = 'user' AND c.user_id = ${userId}`;
}

const INHERITED = sql.raw("coalesce(p.file_ids, '{}')");

function appendTargetSql({ chatId, userId, files }: TargetedTurn): SQL {
  return sql`
    SELECT c.id AS chat_id, c.current_message_id AS parent_id,
      ${ownFilesSql(userId, files)} AS own, ${INHERITED} AS inherited
    FROM chats AS c LEFT JOIN messages AS p ON p.chat_id = c.id AND p.id = c.current_message_id
    WHERE c.id = ${chatId} AND c.user_id = ${userId}`;
}

type Regeneration = Extract<TargetedTurn, { target: "regenerate" }>;
type WithUserMessage = Exclude<TargetedTurn, Regeneration>;

/** The CTE `asked`: the existing user message that gets another answer. */
function existingUserMessageSql({ userMessage }: Regeneration): SQL {
  return sql`asked AS (
    SELECT m.id, m.chat_id, m.file_ids
    FROM allowed JOIN messages AS m ON m.chat_id = allowed.chat_id AND m.id = ${userMessage.id}
  )`;
}

/** The CTE `asked`: the user message, inserted. */
function insertUserMessageSql({ userMessage, userId, files, at, target }: WithUserMessage): SQL {
  const { id, content, file_name, file_url, metadata } = userMessage;
  const mayHaveFiles = hasAttachments(files) || target === "edit";
  const inContext = mayHaveFiles ? filesInContextSql(sql`own`, sql`inherited`) : sql`inherited`;
  return sql`
    asked AS (
      INSERT INTO messages
        (id, chat_id, parent_id, type, content, status, file_name, file_url, file_ids, metadata, created_at)
      SELECT ${id}, chat_id, parent_id, 'user', ${content}, 'complete',
        ${file_name}, ${file_url}, ${inContext}, ${JSON.stringify(metadata)}::jsonb, ${at}::timestamptz
      FROM allowed
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id, file_ids
    )${mayHaveFiles ? sql`, linked AS (${linkFilesSql(userId, sql`asked`)})` : sql``}`;
}
