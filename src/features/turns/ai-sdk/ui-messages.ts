/** The active path of a chat as the messages with which a client of the AI SDK begins. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { toMediaType } from "../../../lib/media-types.ts";
import { Problem } from "../../../lib/problem.ts";
import { readCitations } from "../../citations/citation.ts";
import { pageMessages, pathPage } from "../../messages/path.ts";
import type { MessageRow } from "../../messages/queries.ts";
import { type Chunk, toMessageMetadata, toSourceParts } from "../wire/ai-sdk.ts";
import { chatByClientId } from "./position.ts";
import type { UIMessage } from "./schemas.ts";

type Conversation = { messages: MessageRow[] };

/**
 * The newest messages of the active path, oldest first, without a running answer: its stream brings it whole. Throws
 * `not_found`. One trip.
 */
export async function listUIMessages(
  db: Db,
  ownerId: string,
  id: string,
  limit: number,
): Promise<UIMessage[]> {
  const found = await readOne(db, selectConversation(ownerId, id, limit));
  if (!found) throw new Problem("not_found");
  return found.messages.filter(({ status }) => status !== "streaming").map(toUIMessage);
}

function selectConversation(ownerId: string, id: string, limit: number): SQL<Conversation> {
  return sql<Conversation>`
    WITH RECURSIVE ${chatByClientId(ownerId, id)}, ${pathPage({ limit, offset: 0 })}
    SELECT ${pageMessages} AS messages FROM chat`;
}

function toUIMessage(row: MessageRow): UIMessage {
  const { id, type, content, metadata, files } = row;
  const text = { type: "text", text: content, state: "done" };
  if (type === "user") {
    const parts = [...files.flatMap(toFileParts), text];
    return { id, role: "user", metadata: { chat_id: row.chat_id }, parts };
  }
  const { reasoning } = metadata;
  const thought =
    typeof reasoning === "string" ? [{ type: "reasoning", text: reasoning, state: "done" }] : [];
  const spoken = content === "" ? [] : [text];
  const parts = [{ type: "step-start" }, ...thought, ...spoken, ...citationParts(metadata)];
  return { id, role: "assistant", metadata: toMessageMetadata(row), parts };
}

/** None of a file that is deleted: a client that sent it again would be refused. */
function toFileParts({ id, name }: MessageRow["files"][number]) {
  if (name === null) return [];
  const url = `/files/${id}/content`;
  return [{ type: "file", mediaType: toMediaType(name), filename: name, url }];
}

function citationParts(metadata: MessageRow["metadata"]): Chunk[] {
  return readCitations(metadata).flatMap((citation) => {
    const { source, data: whole } = toSourceParts(citation);
    return [source, whole];
  });
}
