/** What is left of a deleted chat outside Postgres: its room. */
import type { Env } from "../../env.ts";
import { logError, nameOf } from "../../lib/log.ts";

/**
 * Stops the turn that may be running, ends its readers and deletes the room's log. The chat is gone by
 * then, so that a room which cannot be reached changes nothing of the answer: what it writes later
 * finds no chat, and its log is pruned by its own alarm.
 */
export async function eraseRoom(env: Env, chatId: string): Promise<void> {
  try {
    await erase(env, chatId);
  } catch {
    // A stub is broken after an exception, and a restarting room is back at the next call.
    await erase(env, chatId).catch((error: unknown) => {
      logError("room_not_erased", { chat_id: chatId, cause: nameOf(error) });
    });
  }
}

function erase(env: Env, chatId: string): Promise<void> {
  return env.CHAT_ROOM.getByName(chatId).erase();
}
