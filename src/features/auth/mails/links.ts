/** The tokens of links in mails: each is used once. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../../db/client.ts";
import { toIso } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import type { SecurityEvent } from "../../audit/record.ts";

/** An unused link, and the account that it is about. */
type Link = { id: string; user_id: string; name: string; email: string };

/**
 * Throws `invalid_link` for a token that is unknown, used, expired or of another purpose, or whose account has another
 * address by now. The write that uses the link checks it again.
 */
export async function getLink(
  db: Db,
  purpose: "verify_email" | "reset_password",
  token: string,
  now: Date,
): Promise<Link> {
  const link = await readOne(
    db,
    sql<Link>`
      SELECT t.id, u.id AS user_id, u.name, u.email
      FROM email_tokens AS t JOIN users AS u ON u.id = t.user_id
      WHERE t.token_hash = ${await sha256OfText(token)}::text AND t.purpose = ${purpose}::text AND ${isUsableSql(now)}`,
  );
  if (!link) throw new Problem("invalid_link");
  return link;
}

/** Uses the link, for the reason that the event records, if it can still be used. */
export function useLinkSql(linkId: string, event: SecurityEvent): SQL {
  return sql`
    UPDATE email_tokens AS t SET used_event_id = ${event.id}::uuid FROM users AS u
    WHERE t.id = ${linkId}::uuid AND u.id = t.user_id AND ${isUsableSql(event.now)}`;
}

/** True when the link was used for the event. */
export function isUsedSql(linkId: string, event: SecurityEvent): SQL {
  return sql`EXISTS (SELECT FROM email_tokens AS used
    WHERE used.id = ${linkId}::uuid AND used.used_event_id = ${event.id}::uuid)`;
}

/** A link to verify a pending address is void once another one is pending. */
function isUsableSql(now: Date): SQL {
  return sql`(t.used_event_id IS NULL AND t.expires_at > ${toIso(now)}::timestamptz AND u.is_active
    AND (t.email_key = u.email_key OR (t.purpose = 'verify_email' AND t.email = u.pending_email)))`;
}
