/**
 * Finds the rooms that still have work but no alarm: what a room keeps to itself (a log to forget, a title
 * to save) shows nowhere else, and the platform gives up on an alarm that failed too often.
 */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { firstIdAt } from "../../lib/ids.ts";

/** After the time by which a room has nothing left to do by itself. */
const GRACE_MS = 60_000;
/** Twice the time between two runs: one that is left out leaves nothing out. */
const WINDOW_MS = 120_000;
const MOST_PER_RUN = 1_000;
const ROOMS_AT_ONCE = 10;

type Counts = { asked: number; set: number; failed: number };

/** Asks the rooms of the turns that ended some minutes ago to look at their alarms. Can be run twice. */
export async function checkRooms(env: Env, { db, clock, config }: Deps): Promise<Counts> {
  const { total_ms, log_kept_ms } = config.TURN_LIMITS;
  const until = clock() - total_ms - log_kept_ms - GRACE_MS;
  const chatIds = await findAsked(db, until - WINDOW_MS, until);
  const counts: Counts = { asked: chatIds.length, set: 0, failed: 0 };
  for (let start = 0; start < chatIds.length; start += ROOMS_AT_ONCE) {
    const group = chatIds.slice(start, start + ROOMS_AT_ONCE);
    const checks = await Promise.allSettled(group.map((id) => ensureAlarm(env, id)));
    counts.set += checks.filter((check) => check.status === "fulfilled" && check.value).length;
    counts.failed += checks.filter((check) => check.status === "rejected").length;
  }
  return counts;
}

async function ensureAlarm(env: Env, chatId: string): Promise<boolean> {
  return env.CHAT_ROOM.getByName(chatId).ensureAlarm();
}

/** The chats with answers that began in this time, which their ids tell. */
async function findAsked(db: Db, from: number, until: number): Promise<string[]> {
  const rows = await read(
    db,
    sql<{ chat_id: string }>`
      SELECT DISTINCT m.chat_id FROM messages AS m JOIN chats ON chats.id = m.chat_id AND chats.user_id IS NOT NULL
      WHERE m.id >= ${firstIdAt(from)}::uuid AND m.id < ${firstIdAt(until)}::uuid AND m.type = 'bot'
      LIMIT ${MOST_PER_RUN}::int`,
  );
  return rows.map(({ chat_id }) => chat_id);
}
