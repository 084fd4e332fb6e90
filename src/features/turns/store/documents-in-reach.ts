/** The documents that a question may be answered from: its own, and those of the messages above it. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, repeatable } from "../../../db/client.ts";
import type { TextPart } from "../../citations/document-text.ts";

export type DocumentInReach = {
  id: string;
  name: string;
  status: "pending" | "processing" | "ready" | "failed";
  /** In code points; null until it is read. */
  text_length: number | null;
  /** False where a message above the question brought it. */
  is_own: boolean;
  /**
   * Once no other is being read: its whole text, where all of them together are short enough, else the
   * first lines.
   */
  parts: TextPart[] | null;
};

export type AskedIn = { userId: string; chatId: string; questionId: string };

const OPENING_LENGTH = 1_500;

/**
 * As many characters of all documents together are read as a whole. The query is a function of the database
 * (migration 0014): most questions have no documents, and would pay for its plan all the same.
 */
export function selectDocuments(
  { userId, chatId, questionId }: AskedIn,
  mostCharacters: number,
): SQL {
  return sql`
    SELECT * FROM context_documents(
      ${userId}, ${chatId}, ${questionId}, ${mostCharacters}::int, ${OPENING_LENGTH}::int)`;
}

/** The documents as they are now. One trip. */
export async function readDocuments(
  db: Db,
  asked: AskedIn,
  mostCharacters: number,
): Promise<DocumentInReach[]> {
  const { rows } = await repeatable(() =>
    db.execute<DocumentInReach>(selectDocuments(asked, mostCharacters)),
  );
  return rows;
}

/** True while it is not known whether it can be read. */
export function isUnread({ status }: DocumentInReach): boolean {
  return status === "pending" || status === "processing";
}
