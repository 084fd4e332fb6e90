/** Where in a chat's tree the messages of a turn go, as SQL: all else about a turn is the same. */
import { sql, type SQL } from "drizzle-orm";
import { type Claim, keyIsFree } from "../../../db/idempotency-keys.ts";
import { latestSql } from "../../../db/times.ts";
import type { Message } from "../../messages/schemas.ts";
import {
  allowsTurn,
  bringsFiles,
  filesBeyond,
  filesInReach,
  linkFiles,
  ownFiles,
  type TurnFiles,
} from "./attachments.ts";

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

export type Placed = {
  chatId: string;
  userId: string;
  answerId: string;
  files: TurnFiles;
  at: string;
} & TurnPlace;

/**
 * The messages of the turn, and the chat's place; or, for another's chat, a message that is gone or of
 * the wrong type, files that do not allow it, or a repetition, nothing. Whatever was read of the place
 * before is checked again here.
 */
export function insertTurn(turn: Placed, claim: Claim | undefined): SQL {
  const { userId, answerId, files, at, place } = turn;
  const allowed = allowsTurn(userId, files, sql`place.own`, sql`place.inherited`);
  return sql`
    WITH place AS (${selectPlace(turn)} AND ${keyIsFree(claim)}),
    allowed AS (SELECT * FROM place WHERE ${allowed}),
    ${place === "beside_answer" ? questionThere(turn) : newQuestion(turn)},
    answered AS (
      INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_ids, created_at)
      SELECT ${answerId}, chat_id, id, 'bot', '', 'streaming', file_ids, ${at}::timestamptz FROM asked
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id
    )
    UPDATE chats
    SET current_message_id = answered.id, version = version + 1, updated_at = ${latestSql("chats.updated_at", at)},
      message_count = message_count + ${place === "beside_answer" ? 1 : 2}::int
    FROM answered WHERE chats.id = answered.chat_id`;
}

/**
 * Where the question is, or is to be: its chat and parent, the files that are its own, and those of the
 * messages above it. Ends in a condition.
 */
export function selectPlace(turn: Placed): SQL {
  if (turn.place === "end") return placeAtEnd(turn);
  const { place, userId, chatId, files } = turn;
  const id = place === "beside_question" ? turn.besideId : turn.question.id;
  const isReplaced = place === "beside_question" && bringsFiles(files);
  const own = isReplaced ? ownFiles(userId, files) : filesBeyond(sql`m.file_ids`, INHERITED);
  // Null for a message that began the chat: beside it is another beginning.
  return sql`
    SELECT m.id, m.chat_id, m.parent_id, ${own} AS own, ${INHERITED} AS inherited
    FROM messages AS m JOIN chats AS c ON c.id = m.chat_id
    LEFT JOIN messages AS p ON p.chat_id = m.chat_id AND p.id = m.parent_id
    WHERE m.chat_id = ${chatId} AND m.id = ${id} AND m.type = 'user' AND c.user_id = ${userId}`;
}

const INHERITED = sql.raw("coalesce(p.file_ids, '{}')");

function placeAtEnd({ chatId, userId, files }: Placed): SQL {
  return sql`
    SELECT c.id AS chat_id, c.current_message_id AS parent_id,
      ${ownFiles(userId, files)} AS own, ${INHERITED} AS inherited
    FROM chats AS c LEFT JOIN messages AS p ON p.chat_id = c.id AND p.id = c.current_message_id
    WHERE c.id = ${chatId} AND c.user_id = ${userId}`;
}

type AtQuestion = Extract<Placed, { place: "beside_answer" }>;
type WithQuestion = Exclude<Placed, AtQuestion>;

/** The CTE `asked`: the question that is to be answered once more. */
function questionThere({ question }: AtQuestion): SQL {
  return sql`asked AS (
    SELECT m.id, m.chat_id, m.file_ids
    FROM allowed JOIN messages AS m ON m.chat_id = allowed.chat_id AND m.id = ${question.id}
  )`;
}

/** The CTE `asked`: a question that nobody asked before. */
function newQuestion({ question, userId, files, at, place }: WithQuestion): SQL {
  const { id, content, file_name, file_url, metadata } = question;
  const mayBring = bringsFiles(files) || place === "beside_question";
  const inReach = mayBring ? filesInReach(sql`own`, sql`inherited`) : sql`inherited`;
  return sql`
    asked AS (
      INSERT INTO messages
        (id, chat_id, parent_id, type, content, status, file_name, file_url, file_ids, metadata, created_at)
      SELECT ${id}, chat_id, parent_id, 'user', ${content}, 'complete',
        ${file_name}, ${file_url}, ${inReach}, ${JSON.stringify(metadata)}::jsonb, ${at}::timestamptz
      FROM allowed
      ON CONFLICT (id) DO NOTHING
      RETURNING id, chat_id, file_ids
    )${mayBring ? sql`, linked AS (${linkFiles(userId, sql`asked`)})` : sql``}`;
}
