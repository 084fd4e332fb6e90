/** Begins to erase an account: from the response on, nothing of it can be reached. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { describeFailure } from "../../db/errors.ts";
import type { RequestClient } from "../../http/client.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import type { Principal } from "../../lib/principal.ts";
import { Problem } from "../../lib/problem.ts";
import { recordEventSql } from "../audit/record.ts";
import { confirmIdentity, type Proof } from "../auth/confirm-identity.ts";
import { ACCESS_TTL_SECONDS } from "../auth/tokens.ts";
import type { Target } from "../deletion/outbox.ts";
import { detachPortion } from "./detach.ts";

/** As many rooms as can be erased right after the response; the cron job erases the rest. */
const MOST_ROOMS = 200;

/** How long the response waits until the last chat and file of a very large account is detached. */
const BUDGET_MS = 8_000;

/** As long as an access token that was issued just before. */
const CLOSED_MS = (ACCESS_TTL_SECONDS + 60) * 1_000;

/** `rooms`: those to erase right away, rooms with possible subscribers first. */
type Begun = { erasureId: string; rooms: Target[] };

/**
 * Begins to erase the account if the proof is verified. Its address is free again, its sessions are
 * deleted, and its chats and files have no owner. Throws what `confirmIdentity` throws, `invalid_credentials`
 * when the password has changed since, or `invalid_token` when the account was already erased.
 */
export async function beginErasure(
  deps: Deps,
  principal: Principal,
  proof: Proof,
  client: RequestClient,
): Promise<Begun> {
  const { userId } = principal;
  const { passwordVersion } = await confirmIdentity(deps, principal, proof, client);
  const { db, clock, newId } = deps;
  const endsAt = clock() + BUDGET_MS;
  const now = new Date(clock());
  const begun = { id: newId(), userId, passwordVersion, now, client };
  const { rooms, outcome } = await batch(db, statementsOf(begun));
  const { is_ours: isOurs, is_there: isThere } = outcome.rows[0] ?? {};
  if (!isOurs) throw new Problem(isThere ? "invalid_credentials" : "invalid_token");
  if (outcome.rows[0]?.is_left) {
    // While its rows still have an owner, the account is closed to tokens that are still valid.
    await deps.limits.close("api", userId, now.getTime() + CLOSED_MS);
    await detachRest(db, begun, () => clock() < endsAt);
  }
  return { erasureId: begun.id, rooms: rooms.rows };
}

/** A failure is left to the cron: the erasure has begun. Never throws. */
async function detachRest(
  db: Db,
  { id, now }: { id: string; now: Date },
  hasTime: () => boolean,
): Promise<void> {
  try {
    let isLeft = true;
    while (isLeft && hasTime()) {
      const { user } = await batch(db, detachPortion(id, toIso(now)));
      isLeft = user.count === 0;
    }
  } catch (error) {
    logError("erasure_interrupted", { erasure_id: id, ...describeFailure(error) });
  }
}

type Begin = {
  id: string;
  userId: string;
  /** Of the password that was verified: it must not have changed since. */
  passwordVersion: number;
  now: Date;
  client: RequestClient;
};

/** Repeated after a lost response, the batch finds its own erasure and detaches what is left. */
function statementsOf({ id, userId, passwordVersion, now, client }: Begin) {
  const at = toIso(now);
  const event = { id, userId, kind: "account_erased", client, now } as const;
  const isOurs = sql`EXISTS (SELECT FROM erasures WHERE id = ${id})`;
  return {
    rooms: selectRooms(userId),
    // Does not conflict with the locks of foreign keys, so it waits for no writer of the account's rows.
    begun: sql`
      INSERT INTO erasures (id, user_id, requested_at)
      SELECT ${id}::uuid, u.id, ${at}::timestamptz FROM users AS u
      WHERE u.id = ${userId} AND u.password_version = ${passwordVersion}::int
      FOR NO KEY UPDATE
      ON CONFLICT DO NOTHING`,
    ...detachPortion(id, at),
    freed: sql`
      UPDATE users SET email_key = 'erased ' || id, email = '', pending_email = NULL, name = '',
        hashed_password = NULL, password_version = password_version + 1, is_active = false, email_verified = false
      WHERE id = ${userId} AND ${isOurs}`,
    event: recordEventSql(event, isOurs),
    outcome: sql<{ is_ours: boolean; is_there: boolean; is_left: boolean }>`
      SELECT ${isOurs} AS is_ours,
        EXISTS (SELECT FROM users WHERE id = ${userId}) AS is_left,
        EXISTS (SELECT FROM users AS u WHERE u.id = ${userId}
          AND NOT EXISTS (SELECT FROM erasures AS e WHERE e.user_id = u.id)) AS is_there`,
  };
}

function selectRooms(userId: string): SQL<Target> {
  return sql<Target>`
    SELECT 'room' AS kind, c.id::text AS target FROM chats AS c WHERE c.user_id = ${userId}
    ORDER BY
      EXISTS (SELECT FROM messages AS m WHERE m.chat_id = c.id AND m.status = 'streaming') DESC,
      EXISTS (SELECT FROM chat_sessions AS w WHERE w.chat_id = c.id AND w.is_active) DESC,
      c.updated_at DESC
    LIMIT ${MOST_ROOMS}::int`;
}
