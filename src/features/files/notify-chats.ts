/** Notifies the rooms of the chats that have a file attached of its new status. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import type { RowOf } from "../../db/columns.ts";
import type { chatFiles } from "../../db/schema-documents.ts";
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { roomCall } from "../../lib/room-call.ts";
import type { FailureCode } from "./failures.ts";

/** The most chats notified, newest first; other rooms poll the file. */
const MOST_NOTIFIED = 50;

/** Never throws: a room that waits for the file also polls it. */
export async function notifyChats(
  env: Env,
  db: Db,
  fileId: string,
  status: "processing" | "ready" | "failed",
  failureCode: FailureCode | null,
): Promise<void> {
  try {
    const chats = await listChatsOf(db, fileId);
    const notified = chats.map((chatId) =>
      roomCall(() => env.CHAT_ROOM.getByName(chatId).fileChanged({ fileId, status, failureCode })),
    );
    await Promise.all(notified);
  } catch (error) {
    logError("chats_not_notified", { file_id: fileId, cause: nameOf(error) });
  }
}

async function listChatsOf(db: Db, fileId: string): Promise<string[]> {
  const rows = await read(
    db,
    sql<RowOf<typeof chatFiles, "chatId">>`
      SELECT cf.chat_id FROM chat_files AS cf JOIN files AS f ON f.id = cf.file_id
      JOIN chats AS c ON c.id = cf.chat_id AND c.user_id = f.user_id
      WHERE cf.file_id = ${fileId} ORDER BY cf.chat_id DESC LIMIT ${MOST_NOTIFIED}::int`,
  );
  return rows.map((row) => row.chat_id);
}
