/** Where in a chat's tree the messages of a turn go, as SQL: all else about a turn is the same. */
import { sql, type SQL } from "drizzle-orm";
import { type Claim, keyIsFree } from "../../db/idempotency-keys.ts";
import type { Message } from "../messages/schemas.ts";

/** What a client says; the ids are made by us before the write, so that it can be repeated. */
export type Question = Pick<Message, "id" | "content" | "file_name" | "file_url" | "metadata">;

/** The answers that a question has, as siblings are told: the oldest ids, and how many there are. */
export type Answers = { ids: string[]; count: number };

/**
 * - `end`: a new question below the current message, or the first one of a chat to be made
 * - `beside_question`: a new question with the parent of the one that it edits
 * - `beside_answer`: no new question, but one more answer to one that is there
 */
export type TurnPlace =
  | {
      place: "end";
      /** The title of the chat to create; absent where the chat is there. */
      newChatTitle?: string;
      question: Question;
    }
  | { place: "beside_question"; besideId: string; question: Question }
  | { place: "beside_answer"; question: { id: string }; answers: Answers };

type Placed = { chatId: string; userId: string; answerId: string; at: string } & TurnPlace;

/**
 * The messages of the turn, and the chat's place; or, for another's chat, a message that is gone or of
 * the wrong type, or a repetition, nothing. Whatever was read of the place before is checked again here.
 */
export function insertTurn(turn: Placed, claim: Claim | undefined): SQL {
  const { answerId, at, place } = turn;
  return sql`
    WITH ${place === "beside_answer" ? questionThere(turn, claim) : newQuestion(turn, claim)},
    answered AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
      SELECT ${answerId}, chat_id, id, 'bot', '', 'streaming', ${at}::timestamptz FROM asked
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = answered.id, version = version + 1, updated_at = ${at}::timestamptz,
      message_count = message_count + ${place === "beside_answer" ? 1 : 2}::int
    FROM answered WHERE chats.id = answered.chat_id`;
}

type AtQuestion = Extract<Placed, { place: "beside_answer" }>;
type WithQuestion = Exclude<Placed, AtQuestion>;

/** The CTE `asked`: the question that is to be answered once more. */
function questionThere({ chatId, userId, question }: AtQuestion, claim: Claim | undefined): SQL {
  return sql`asked AS (
    SELECT m.id, m.chat_id FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    WHERE m.chat_id = ${chatId} AND m.id = ${question.id} AND m.type = 'user'
      AND c.user_id = ${userId} AND ${keyIsFree(claim)}
  )`;
}

/** The CTE `asked`: a question that nobody asked before. */
function newQuestion(turn: WithQuestion, claim: Claim | undefined): SQL {
  const { id, content, file_name, file_url, metadata } = turn.question;
  return sql`
    parent AS (${turn.place === "beside_question" ? parentOfEdited(turn) : currentMessage(turn)}
      AND ${keyIsFree(claim)}
    ), asked AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_name, file_url, metadata, created_at)
      SELECT ${id}, chat_id, parent_id, 'user', ${content}, 'complete',
        ${file_name}, ${file_url}, ${JSON.stringify(metadata)}::jsonb, ${turn.at}::timestamptz
      FROM parent
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )`;
}

function currentMessage({ chatId, userId }: Placed): SQL {
  return sql`
    SELECT c.id AS chat_id, c.current_message_id AS parent_id FROM chats AS c
    WHERE c.id = ${chatId} AND c.user_id = ${userId}`;
}

/** Null for a message that began the chat: the edited one is another beginning. */
function parentOfEdited({
  chatId,
  userId,
  besideId,
}: Extract<Placed, { place: "beside_question" }>): SQL {
  return sql`
    SELECT m.chat_id, m.parent_id FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    WHERE m.chat_id = ${chatId} AND m.id = ${besideId} AND m.type = 'user'
      AND c.user_id = ${userId}`;
}
