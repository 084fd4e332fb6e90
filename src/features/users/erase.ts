/** Deletes an account with everything that belongs to it. */
import { sql } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import type { RequestClient } from "../../http/client.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { confirmIdentity, type Proof } from "../auth/confirm-identity.ts";
import type { Target } from "../deletion/outbox.ts";

/** As many as can be erased right after the response; the cron job erases the rest. */
const MOST_AT_ONCE = 200;

/**
 * Deletes the account and all its rows if the proof is correct. Returns the rooms and objects to erase
 * right away, rooms with possible subscribers first. Throws what `confirmIdentity` throws, also when the
 * account was already deleted.
 */
export async function eraseAccount(
  deps: Deps,
  principal: Principal,
  proof: Proof,
  client: RequestClient,
): Promise<Target[]> {
  const { userId } = principal;
  const { hashedPassword } = await confirmIdentity(deps, principal, proof, client);
  const { left, erased } = await deleteUser(deps.db, userId, hashedPassword);
  const { deleted, is_there: isThere } = erased.rows[0] ?? {};
  if (!deleted && isThere) throw new Problem("invalid_credentials");
  // The first call may have deleted it although its response was lost.
  if (!deleted && !erased.wasRepeated) throw new Problem("invalid_token");
  return left.rows;
}

/** Deletes the account only if the password has not changed since it was checked. */
function deleteUser(db: Db, userId: string, checked: string | null) {
  return batch(db, {
    left: sql<Target>`
      (SELECT 'room' AS kind, c.id::text AS target FROM chats AS c WHERE c.user_id = ${userId}
       ORDER BY
         EXISTS (SELECT FROM messages AS m WHERE m.chat_id = c.id AND m.status = 'streaming') DESC,
         EXISTS (SELECT FROM chat_sessions AS w WHERE w.chat_id = c.id AND w.is_active) DESC,
         c.updated_at DESC
       LIMIT ${MOST_AT_ONCE}::int)
      UNION ALL
      (SELECT 'object', f.file_path FROM files AS f WHERE f.user_id = ${userId}
       LIMIT ${MOST_AT_ONCE}::int)`,
    erased: sql<{ deleted: boolean; is_there: boolean }>`
      WITH gone AS (
        DELETE FROM users WHERE id = ${userId} AND hashed_password IS NOT DISTINCT FROM ${checked}::text RETURNING id
      )
      SELECT EXISTS (SELECT FROM gone) AS deleted,
        EXISTS (SELECT FROM users WHERE id = ${userId}) AS is_there`,
  });
}
