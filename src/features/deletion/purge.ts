/**
 * Purges deleted chats in portions: each is a batch that takes Postgres less than a second, so that chats
 * of any length are purged eventually and a crash loses one portion at most.
 */
import type { Deps } from "../../deps.ts";
import type { Env } from "../../env.ts";
import { type Portion, purgePortion } from "./purge-queries.ts";

/** The rest is left to the next run. */
const BUDGET_MS = 20_000;

/**
 * May run twice, even at once: each run takes chats that the other has not locked. Returns counts for the
 * log.
 */
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
