/** The documents in the context of a user message: its attachments, and those of the messages above it. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read } from "../../../db/client.ts";
import type { TextPart } from "../../citations/document-text.ts";

export type ContextDocument = {
  id: string;
  name: string;
  status: "pending" | "processing" | "ready" | "failed";
  /** In code points; null until it is read. */
  text_length: number | null;
  /** False where a message above the user message brought it. */
  is_own: boolean;
  /**
   * Once no other is being read: its whole text, where all of them together are short enough, else the
   * first lines.
   */
  parts: TextPart[] | null;
};

export type InTurn = { userId: string; chatId: string; userMessageId: string };

const OPENING_LENGTH = 1_500;

/**
 * Reads documents whole where they have at most so many characters together. The query is a function of the
 * database (migration 0003): most turns have no documents, and would pay for its plan all the same.
 */
export function contextDocumentsSql(
  { userId, chatId, userMessageId: questionId }: InTurn,
  mostCharacters: number,
): SQL<ContextDocument> {
  return sql<ContextDocument>`
    SELECT * FROM context_documents(
      ${userId}, ${chatId}, ${questionId}, ${mostCharacters}::int, ${OPENING_LENGTH}::int)`;
}

/** The documents as they are now. One trip. */
export async function findContextDocuments(
  db: Db,
  asked: InTurn,
  mostCharacters: number,
): Promise<ContextDocument[]> {
  return read(db, contextDocumentsSql(asked, mostCharacters));
}

/** True while it is not known whether it can be read. */
export function isUnread({ status }: ContextDocument): boolean {
  return status === "pending" || status === "processing";
}
