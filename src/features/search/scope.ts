/** The scope of a search: a chat, a file, or everything of the owner. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import { present } from "../../lib/assert.ts";
import { Problem } from "../../lib/problem.ts";
import { type MessageHit, selectMessages } from "./messages.ts";
import type { SearchTerms } from "./search-terms.ts";
import type { SearchQuery } from "./schemas.ts";

type ScopeRow = {
  has_chat: boolean;
  has_file: boolean;
  chat_files: string[];
  messages: MessageHit[];
};

/** `fileIds` is undefined for all files. */
type FoundInScope = { fileIds: string[] | undefined; messages: MessageHit[] };

/**
 * The matching messages, best first, and the files to search. One round trip. Throws `not_found` for a
 * chat or file that the owner does not have.
 */
export async function readScope(
  db: Db,
  ownerId: string,
  request: SearchQuery,
  terms: SearchTerms,
): Promise<FoundInScope> {
  const { chat_id: chatId, file_id: fileId } = request;
  const row = await readOne(db, selectScope(ownerId, request, terms));
  const scope = present(row, "the scope of a search");
  if ((chatId && !scope.has_chat) || (fileId && !scope.has_file)) {
    throw new Problem("not_found");
  }
  return { fileIds: filesOf(scope, request), messages: scope.messages };
}

function filesOf(scope: ScopeRow, { chat_id: chatId, file_id: fileId }: SearchQuery) {
  if (!chatId) return fileId ? [fileId] : undefined;
  return scope.chat_files.filter((id) => !fileId || id === fileId);
}

function selectScope(ownerId: string, request: SearchQuery, terms: SearchTerms): SQL<ScopeRow> {
  const [chatId, fileId] = [request.chat_id ?? null, request.file_id ?? null];
  const search = { terms, chatId: request.chat_id, limit: request.limit };
  const hasMessages = request.scope !== "files" && !request.file_id;
  return sql<ScopeRow>`
    SELECT
      EXISTS (SELECT FROM chats WHERE id = ${chatId}::uuid AND user_id = ${ownerId}) AS has_chat,
      EXISTS (SELECT FROM files WHERE id = ${fileId}::uuid AND user_id = ${ownerId}) AS has_file,
      (SELECT coalesce(json_agg(cf.file_id), '[]')
       FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
       WHERE cf.chat_id = ${chatId}::uuid AND f.user_id = ${ownerId}) AS chat_files,
      ${hasMessages ? messagesOf(selectMessages(ownerId, search)) : sql`'[]'::json`} AS messages`;
}

function messagesOf(hits: SQL): SQL {
  return sql`(SELECT coalesce(json_agg(hit ORDER BY hit.position), '[]') FROM (${hits}) AS hit)`;
}
