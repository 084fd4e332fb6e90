/** Changes the password of an account, by the current one. */
import { sql } from "drizzle-orm";
import { batch } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { toIso } from "../../../lib/clock.ts";
import type { Principal } from "../../../lib/principal.ts";
import { Problem } from "../../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { confirmIdentity, type Proof } from "../confirm-identity.ts";
import { checkPassword } from "../password-policy.ts";
import { selectWatchedBy, type SessionChat } from "../session-end.ts";
import { endSessionsSql, selectEnded } from "../sessions/queries.ts";
import { withdrawPendingSql } from "../totp/queries.ts";

/**
 * Sets the new password, ends all other sessions, and withdraws a pending address and an unconfirmed second factor,
 * which somebody else who knew the old password may have asked for. Returns the chats that they may be subscribed to. Throws
 * `invalid_credentials`, `too_many_password_checks`, `invalid_token`, or a 422 about the new password.
 */
export async function changePassword(
  deps: Deps,
  principal: Principal,
  { proof, newPassword }: { proof: Proof; newPassword: string },
  client: RequestClient,
): Promise<SessionChat[]> {
  const user = await confirmIdentity(deps, principal, proof, client);
  await checkPassword(newPassword, user, "/new_password");
  const hash = await deps.passwords.hash(newPassword);
  const { userId, sessionId } = principal;
  const now = new Date(deps.clock());
  const event: SecurityEvent = {
    id: deps.newId(),
    userId,
    kind: "password_changed",
    sessionId,
    client,
    now,
  };
  // A hash has a salt of its own: it is there if, and only if, this change was applied.
  const isApplied = sql`EXISTS (SELECT FROM users AS u WHERE u.id = ${userId}::uuid AND u.hashed_password = ${hash}::text)`;
  const { outcome, watched } = await batch(deps.db, {
    user: sql`
      UPDATE users SET hashed_password = ${hash}::text, password_version = password_version + 1, pending_email = NULL,
        updated_at = ${toIso(now)}::timestamptz
      WHERE id = ${userId}::uuid AND password_version = ${user.passwordVersion}::int`,
    sessions: endSessionsSql(event, sql`s.id <> ${sessionId}::uuid AND ${isApplied}`),
    // A link that somebody else has asked for must not undo the change.
    links: sql`
      DELETE FROM email_tokens
      WHERE user_id = ${userId}::uuid AND purpose = 'reset_password' AND ${isApplied}`,
    enrolment: sql`${withdrawPendingSql(userId)} AND ${isApplied}`,
    event: recordEventSql(event, isApplied),
    outcome: sql<{ is_applied: boolean }>`SELECT ${isApplied} AS is_applied`,
    watched: selectWatchedBy(selectEnded(event)),
  });
  if (!outcome.rows[0]?.is_applied) throw new Problem("invalid_credentials");
  return watched.rows;
}
