/** Tells the rooms of the chats that a file is asked about in what has become of it. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import type { RowOf } from "../../db/columns.ts";
import type { chatFiles } from "../../db/schema-documents.ts";
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import type { FailureCode } from "./failures.ts";

/** Newer chats first; who waits longer than that looks for itself. */
const MOST_TOLD = 50;

/** Throws nothing: a room that waits for the file looks for itself now and then. */
export async function tellChats(
  env: Env,
  db: Db,
  fileId: string,
  status: "processing" | "ready" | "failed",
  failureCode: FailureCode | null,
): Promise<void> {
  try {
    const chats = await listChatsOf(db, fileId);
    const told = chats.map((chatId) =>
      env.CHAT_ROOM.getByName(chatId).fileChanged({ fileId, status, failureCode }),
    );
    await Promise.all(told);
  } catch (error) {
    logError("chats_not_told", { file_id: fileId, cause: nameOf(error) });
  }
}

async function listChatsOf(db: Db, fileId: string): Promise<string[]> {
  const rows = await read(
    db,
    sql<RowOf<typeof chatFiles, "chatId">>`
      SELECT cf.chat_id FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
      JOIN chats AS c ON c.id = cf.chat_id AND c.user_id = f.user_id
      WHERE cf.file_id = ${fileId} ORDER BY cf.chat_id DESC LIMIT ${MOST_TOLD}::int`,
  );
  return rows.map((row) => row.chat_id);
}
