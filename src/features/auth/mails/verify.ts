/** Verifies the e-mail address of an account. */
import { sql } from "drizzle-orm";
import { batch, type Db } from "../../../db/client.ts";
import { violates } from "../../../db/errors.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { toIso } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import { recordEventSql, type SecurityEvent } from "../../audit/record.ts";
import { getLink, isUsedSql, useLinkSql } from "./links.ts";

/**
 * Marks the address of the link as verified; a pending one replaces the current one. Throws `invalid_link`, or
 * `email_taken` when another account has verified or registered the address since.
 */
export async function verifyEmail(
  { db, newId, clock }: Pick<Deps, "db" | "newId" | "clock">,
  token: string,
  client: RequestClient,
): Promise<void> {
  const now = new Date(clock());
  const { id, user_id: userId } = await getLink(db, "verify_email", token, now);
  const event = { id: newId(), userId, kind: "email_verified", client, now } as const;
  if (!(await applyAddress(db, id, event))) throw new Problem("invalid_link");
}

async function applyAddress(db: Db, linkId: string, event: SecurityEvent): Promise<boolean> {
  const isUsed = isUsedSql(linkId, event);
  try {
    const { outcome } = await batch(db, {
      link: useLinkSql(linkId, event),
      user: sql`
        UPDATE users AS u SET email = t.email, email_key = t.email_key, email_verified = true,
          pending_email = CASE WHEN u.pending_email <> t.email THEN u.pending_email END,
          updated_at = ${toIso(event.now)}::timestamptz
        FROM email_tokens AS t
        WHERE t.id = ${linkId}::uuid AND t.used_event_id = ${event.id}::uuid AND u.id = t.user_id`,
      event: recordEventSql(event, isUsed),
      outcome: sql<{ is_used: boolean }>`SELECT ${isUsed} AS is_used`,
    });
    return outcome.rows[0]?.is_used ?? false;
  } catch (error) {
    if (violates(error, "users_email_key")) throw new Problem("email_taken");
    throw error;
  }
}
