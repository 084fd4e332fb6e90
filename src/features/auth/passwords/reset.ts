/** Sets a new password by the link of a mail. */
import { sql } from "drizzle-orm";
import { batch } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { toIso } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { getLink, isUsedSql, useLinkSql } from "../mails/links.ts";
import { checkPassword } from "../password-policy.ts";
import { selectWatchedBy, type SessionChat } from "../session-end.ts";
import { revokeKeysSql, selectWatchedByKeys } from "../keys/queries.ts";
import { endSessionsSql, selectEnded } from "../sessions/queries.ts";
import { withdrawPendingSql } from "../totp/queries.ts";

/**
 * Sets the new password, ends all sessions and keys, withdraws a pending address and an unconfirmed second factor, and
 * marks the current address as verified: the mail has arrived there. Returns the chats that the sessions and keys may be
 * subscribed to. Throws `invalid_link`, `too_many_password_checks`, or a 422 about the password; only a successful call
 * uses the link.
 */
export async function resetPassword(
  { db, passwords, newId, clock }: Pick<Deps, "db" | "passwords" | "newId" | "clock">,
  { token, newPassword }: { token: string; newPassword: string },
  client: RequestClient,
): Promise<SessionChat[]> {
  const link = await getLink(db, "reset_password", token, new Date(clock()));
  await checkPassword(newPassword, link, "/new_password");
  const hash = await passwords.hash(newPassword);
  const { id: linkId, user_id: userId } = link;
  const now = new Date(clock());
  const event: SecurityEvent = { id: newId(), userId, kind: "password_reset", client, now };
  const isUsed = isUsedSql(linkId, event);
  const { outcome, watched, keyChats } = await batch(db, {
    link: useLinkSql(linkId, event),
    user: sql`
      UPDATE users SET hashed_password = ${hash}::text, password_version = password_version + 1, email_verified = true,
        pending_email = NULL, updated_at = ${toIso(now)}::timestamptz
      WHERE id = ${userId}::uuid AND ${isUsed}`,
    sessions: endSessionsSql(event, isUsed),
    otherLinks: sql`
      DELETE FROM email_tokens
      WHERE user_id = ${userId}::uuid AND purpose = 'reset_password' AND id <> ${linkId}::uuid AND ${isUsed}`,
    keys: sql`${revokeKeysSql(userId, now)} AND ${isUsed}`,
    keyChats: selectWatchedByKeys(userId),
    enrolment: sql`${withdrawPendingSql(userId)} AND ${isUsed}`,
    event: recordEventSql(event, isUsed),
    outcome: sql<{ is_used: boolean }>`SELECT ${isUsed} AS is_used`,
    watched: selectWatchedBy(selectEnded(event)),
  });
  if (!outcome.rows[0]?.is_used) throw new Problem("invalid_link");
  return [...watched.rows, ...keyChats.rows];
}
