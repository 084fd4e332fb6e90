/** Where a search looks: in a chat, in a file, or in all that its owner has. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { present } from "../../lib/assert.ts";
import { Problem } from "../../lib/problem.ts";
import { type MessageHit, selectMessages } from "./messages.ts";
import type { Question } from "./question.ts";
import type { SearchQuery } from "./schemas.ts";

type PlaceRow = {
  knows_chat: boolean;
  knows_file: boolean;
  chat_files: string[];
  messages: MessageHit[];
};

/** `fileIds` is undefined where the files are all that there are. */
export type ReadPlace = { fileIds: string[] | undefined; messages: MessageHit[] };

/**
 * The messages that are found, best first, and the files that are to be searched. One trip. Throws
 * `not_found` for a chat or a file that the owner does not have.
 */
export async function readPlace(
  db: Db,
  ownerId: string,
  asked: SearchQuery,
  question: Question,
): Promise<ReadPlace> {
  const { chat_id: chatId, file_id: fileId } = asked;
  const row = await readOne(db, selectPlace(ownerId, asked, question));
  const place = present(row, "the place of a search");
  if ((chatId && !place.knows_chat) || (fileId && !place.knows_file)) {
    throw new Problem("not_found");
  }
  return { fileIds: filesOf(place, asked), messages: place.messages };
}

function filesOf(place: PlaceRow, { chat_id: chatId, file_id: fileId }: SearchQuery) {
  if (!chatId) return fileId ? [fileId] : undefined;
  return place.chat_files.filter((id) => !fileId || id === fileId);
}

function selectPlace(ownerId: string, asked: SearchQuery, question: Question): SQL<PlaceRow> {
  const [chatId, fileId] = [asked.chat_id ?? null, asked.file_id ?? null];
  const search = { question, chatId: asked.chat_id, limit: asked.limit };
  const hasMessages = asked.scope !== "files" && !asked.file_id;
  return sql<PlaceRow>`
    SELECT
      EXISTS (SELECT FROM chats WHERE id = ${chatId}::uuid AND user_id = ${ownerId}) AS knows_chat,
      EXISTS (SELECT FROM files WHERE id = ${fileId}::uuid AND user_id = ${ownerId}) AS knows_file,
      (SELECT coalesce(json_agg(cf.file_id), '[]')
       FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
       WHERE cf.chat_id = ${chatId}::uuid AND f.user_id = ${ownerId}) AS chat_files,
      ${hasMessages ? messagesOf(selectMessages(ownerId, search)) : sql`'[]'::json`} AS messages`;
}

function messagesOf(hits: SQL): SQL {
  return sql`(SELECT coalesce(json_agg(hit ORDER BY hit.place), '[]') FROM (${hits}) AS hit)`;
}
