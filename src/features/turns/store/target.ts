/** The target of a turn: where in the chat's tree its messages attach, and the SQL that attaches them. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { type Claim, keyIsFree } from "../../../db/idempotency-keys.ts";
import { latestSql } from "../../../db/times.ts";
import { Problem } from "../../../lib/problem.ts";
import { SHOWN_SIBLINGS } from "../../messages/queries.ts";
import type { Message } from "../../messages/schemas.ts";
import { mayRunSql } from "./turns-at-once.ts";
import {
  allowsTurnSql,
  type Attachments,
  filesBeyondSql,
  filesInContextSql,
  hasAttachments,
  linkFilesSql,
  ownFilesSql,
} from "./turn-documents.ts";

/** A user message as it is inserted. Its id exists before the write, so the write can be repeated. */
export type NewUserMessage = Pick<
  Message,
  "id" | "content" | "file_name" | "file_url" | "metadata"
> & {
  /** The id that the client made; it passes from an edited message to the new one. */
  clientId?: string;
};

/** A message of the history that a program sends with the user message. */
type HistoryMessage = { id: string; type: "user" | "bot"; content: string };

/** What makes a new chat an unlisted one. */
type UnlistedChat = {
  /** The messages above the user message, oldest first. */
  history: readonly HistoryMessage[];
  /** ISO 8601; null for a chat that is kept. */
  expiresAt: string | null;
};

/** The answers of a user message: the ids of the oldest, and the count of all. */
export type Answers = { ids: string[]; count: number };

/**
 * - `append`: a new user message below an answer, mostly the current message, or the first one of a new chat
 * - `edit`: a new user message with the same parent as the edited one
 * - `regenerate`: no new user message, but another answer to an existing one
 */
export type TurnTarget =
  | {
      target: "append";
      /** The title of the chat to create; absent where the chat exists. */
      newChatTitle?: string;
      /** The answer below which the user message comes; the chat's current message if absent. */
      parentId?: string;
      /** Absent where the chat to create is listed. */
      unlisted?: UnlistedChat;
      /** The id that the client made of the chat to create. */
      newChatClientId?: string;
      userMessage: NewUserMessage;
    }
  | { target: "edit"; besideId: string; userMessage: NewUserMessage }
  | { target: "regenerate"; userMessage: { id: string }; answers: Answers };

export type TargetedTurn = {
  chatId: string;
  userId: string;
  answerId: string;
  files: Attachments;
  /** The API key that pays; absent for a session. */
  keyId?: string;
  /** How many turns the user may run at the same time; absent without a limit. */
  mostAtOnce?: number;
  /** How many turns of all users may run at the same time; absent without a limit. */
  mostInAll?: number;
  at: string;
} & TurnTarget;

/**
 * Inserts the messages of the turn and makes the answer the chat's current message. Writes nothing where the
 * chat is another owner's, the target is deleted or of the wrong type, the attachments forbid the turn, or the
 * key is used: it checks again whatever an earlier statement read.
 */
export function insertTurnSql(turn: TargetedTurn, claim: Claim | undefined): SQL {
  const { userId, answerId, files, at, target, keyId = null } = turn;
  const allowed = allowsTurnSql(userId, files, sql`target.own`, sql`target.inherited`);
  return sql`
    WITH target AS (${targetSql(turn)} AND ${keyIsFree(claim)} AND ${mayRunSql(turn)}),
    allowed AS (SELECT * FROM target WHERE ${allowed}),
    ${target === "regenerate" ? existingUserMessageSql(turn) : insertUserMessageSql(turn)},
    answer AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_ids, created_at, key_id)
      SELECT ${answerId}, chat_id, id, 'bot', '', 'streaming', file_ids, ${at}::timestamptz, ${keyId}::uuid
      FROM user_message
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = answer.id, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)},
      message_count = message_count + ${target === "regenerate" ? 1 : 2}::int
    FROM answer WHERE chats.id = answer.chat_id`;
}

/**
 * Selects the chat and parent of the user message, its own files (`own`) and those of the messages above it
 * (`inherited`). Ends in a WHERE clause.
 */
export function targetSql(turn: TargetedTurn): SQL {
  if (turn.target === "append") return appendTargetSql(turn, turn.parentId);
  const { target, userId, chatId, files } = turn;
  const id = target === "edit" ? turn.besideId : turn.userMessage.id;
  const isReplaced = target === "edit" && hasAttachments(files);
  const own = isReplaced ? ownFilesSql(userId, files) : OWN;
  // `parent_id` is null for the first message of the chat: an edit of it is another first message.
  return sql`
    SELECT m.id, m.chat_id, m.parent_id, ${own} AS own, ${INHERITED} AS inherited
    FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
    WHERE m.chat_id = ${chatId} AND m.id = ${id} AND m.type = 'user' AND c.user_id = ${userId}`;
}

const INHERITED = sql.raw("coalesce(p.file_ids, '{}')");

/** The own files of a message `m` below `p`; rows of earlier versions have no count of them. */
const OWN = sql`
  CASE WHEN m.own_file_count IS NULL THEN ${filesBeyondSql(sql`m.file_ids`, INHERITED)}
    ELSE m.file_ids[:m.own_file_count] END`;

function appendTargetSql({ chatId, userId, files }: TargetedTurn, parentId?: string): SQL {
  const parent =
    parentId === undefined
      ? sql`LEFT JOIN messages AS p ON p.chat_id = c.id AND p.id = c.current_message_id`
      : sql`JOIN messages AS p ON p.chat_id = c.id AND p.id = ${parentId} AND p.type = 'bot'`;
  return sql`
    SELECT c.id AS chat_id, p.id AS parent_id, ${ownFilesSql(userId, files)} AS own, ${INHERITED} AS inherited
    FROM chats AS c ${parent}
    WHERE c.id = ${chatId} AND c.user_id = ${userId}`;
}

type Regeneration = Extract<TargetedTurn, { target: "regenerate" }>;
type WithUserMessage = Exclude<TargetedTurn, Regeneration>;

/** The CTE `user_message`: the existing one that gets another answer. */
function existingUserMessageSql({ userMessage }: Regeneration): SQL {
  return sql`user_message AS (
    SELECT m.id, m.chat_id, m.file_ids
    FROM allowed JOIN messages AS m ON m.chat_id = allowed.chat_id AND m.id = ${userMessage.id}
  )`;
}

/** The CTE `user_message`: the new one, inserted. */
function insertUserMessageSql({ userMessage, userId, files, at, target }: WithUserMessage): SQL {
  const { id, content, file_name, file_url, metadata, clientId } = userMessage;
  const mayHaveFiles = hasAttachments(files) || target === "edit";
  const inContext = mayHaveFiles ? filesInContextSql(sql`own`, sql`inherited`) : sql`inherited`;
  const passesOn = target === "edit" && clientId !== undefined;
  return sql`
    ${passesOn ? releaseClientIdSql(clientId) : sql``}
    user_message AS (
      INSERT INTO messages
        (id, chat_id, parent_id, type, content, status, file_name, file_url, file_ids, own_file_count, metadata,
          created_at, client_id)
      SELECT ${id}, chat_id, parent_id, 'user', ${content}, 'complete',
        ${file_name}, ${file_url}, ${inContext}, ${mayHaveFiles ? sql`cardinality(own)` : sql`0`}, ${JSON.stringify(metadata)}::jsonb, ${at}::timestamptz, ${clientId ?? null}
      FROM allowed${passesOn ? sql` CROSS JOIN (SELECT count(*) FROM released) AS released` : sql``}
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id, file_ids
    )${mayHaveFiles ? sql`, linked AS (${linkFilesSql(userId, sql`user_message`)})` : sql``}`;
}

/** The CTE `released`: the message that has had the client's id. Joined, so that the new one is inserted after it. */
function releaseClientIdSql(clientId: string): SQL {
  return sql`
    released AS (
      UPDATE messages AS old SET client_id = NULL FROM allowed
      WHERE old.chat_id = allowed.chat_id AND old.client_id = ${clientId}
      RETURNING old.id
    ),`;
}

/** The point of a chat's tree at which a branch starts: what never changes of it, and its answers so far. */
export type BranchPoint = {
  chatId: string;
  /** Of the message itself where it is a user message, else of the one that it answers; null for none. */
  userMessageId: string | null;
  answers: Answers;
};

type BranchPointRow = {
  chat_id: string;
  user_message_id: string | null;
  answer_ids: string[];
  answers: number;
};

/** Selects the ids of the oldest answers to a user message, and the count of all. */
export function answersSql(chatId: SQL, userMessageId: SQL): SQL {
  return sql`
    SELECT count(*)::int AS answers,
      coalesce((array_agg(a.id::text ORDER BY a.created_at, a.id))[:${SHOWN_SIBLINGS}::int], '{}') AS answer_ids
    FROM messages AS a WHERE a.chat_id = ${chatId} AND a.parent_id = ${userMessageId}`;
}

/** The branch point of a message. Throws `not_found`. The batch that begins the turn checks it again. */
export async function getBranchPoint(
  db: Db,
  ownerId: string,
  messageId: string,
): Promise<BranchPoint> {
  const row = await readOne(
    db,
    sql<BranchPointRow>`
      SELECT m.chat_id, u.id AS user_message_id, found.answer_ids, found.answers
      FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
      LEFT JOIN messages AS u ON u.chat_id = m.chat_id AND u.type = 'user'
        AND u.id = CASE m.type WHEN 'user' THEN m.id ELSE m.parent_id END
      CROSS JOIN LATERAL (${answersSql(sql`m.chat_id`, sql`u.id`)}) AS found
      WHERE m.id = ${messageId} AND c.user_id = ${ownerId}`,
  );
  if (!row) throw new Problem("not_found");
  const answers = { ids: row.answer_ids, count: row.answers };
  return { chatId: row.chat_id, userMessageId: row.user_message_id, answers };
}
