/**
 * Purges deleted chats, a portion at a time: each is a batch of its own that takes Postgres less than a
 * second, so that a chat of any length is gone in the end, and a crash loses one portion.
 */
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { type Portion, purgePortion } from "./purge-queries.ts";

/** The rest is of the next minute. */
const BUDGET_MS = 20_000;

/** Can be run twice, and twice at once: of two, each takes what the other has not locked. */
export async function purgeChats(
  _env: Env,
  { db, clock }: Pick<Deps, "db" | "clock">,
): Promise<Record<string, number>> {
  const endsAt = clock() + BUDGET_MS;
  const purged = { chats: 0, messages: 0 };
  let portion: Portion;
  do {
    portion = await purgePortion(db);
    purged.chats += portion.chats;
    purged.messages += portion.messages;
  } while (portion.left > 0 && portion.rows > 0 && clock() < endsAt);
  return { ...purged, left: portion.left };
}
