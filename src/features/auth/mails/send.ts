/** Sends an ordered mail: makes the token of its link, stores its hash, and sends it. */
import { sql } from "drizzle-orm";
import { MailRefusal } from "../../../clients/mail.ts";
import { batch, readOne, type Db, write } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { toIso } from "../../../lib/clock.ts";
import { newSecret } from "../../../lib/ids.ts";
import { logError, logEvent } from "../../../lib/log.ts";
import { sha256OfText } from "../../../lib/sha256.ts";
import { recordEventSql } from "../../audit/record.ts";
import { toDeliveryAddress, toEmailKey } from "../email.ts";
import { emailChangingMail, linkTo, resetPasswordMail, verifyEmailMail } from "./content.ts";
import type { MailJob, MailKind } from "./orders.ts";

const TOKEN_MINUTES = 60;

/** Mails with a link that one account gets in an hour, whoever asks: the rest is dropped. */
const MOST_PER_HOUR = 5;

/** SES refuses the mail itself: a retry would be refused too. */
const REFUSED = new Set(["MessageRejected", "BadRequestException"]);

/** An order with the account that it is about; the user's fields are null where there is none. */
type Due = {
  kind: MailKind;
  client: RequestClient | null;
  ordered_email: string | null;
  user_id: string | null;
  email: string | null;
  pending_email: string | null;
  email_verified: boolean | null;
  has_password: boolean | null;
  recent: number;
};

type MailDeps = Pick<Deps, "db" | "mail" | "config" | "clock">;

/**
 * Sends the mail and deletes its order; only deletes it where there is nobody to send it to. Throws when the mail may
 * succeed later. A repetition sends at most a second mail, whose link replaces that of the first.
 */
export async function sendMail(deps: MailDeps, { mailId }: MailJob): Promise<void> {
  const due = await findDue(deps.db, mailId, new Date(deps.clock()));
  if (due) await deliver(deps, mailId, due);
  await deleteOrder(deps.db, mailId);
}

/** Gives a mail up that failed too often. */
export async function failMail({ db }: Pick<Deps, "db">, { mailId }: MailJob): Promise<void> {
  logError("mail_not_sent", { mail_id: mailId });
  await deleteOrder(db, mailId);
}

async function deliver(deps: MailDeps, mailId: string, due: Due): Promise<void> {
  const mail = await toMail(deps, mailId, due);
  if (!mail) return;
  try {
    await deps.mail.send({ ...mail, to: toDeliveryAddress(mail.to) });
    logEvent("mail_sent", { mail_id: mailId, kind: due.kind });
  } catch (error) {
    if (!(error instanceof MailRefusal)) throw error;
    const { status, code } = error;
    logError("mail_refused", { mail_id: mailId, kind: due.kind, status, code });
    if (code === undefined || !REFUSED.has(code)) throw error;
  }
}

/** Undefined where there is nothing to send. */
async function toMail(deps: MailDeps, mailId: string, due: Due) {
  if (due.kind === "email_changing") {
    return due.ordered_email === null ? undefined : emailChangingMail(due.ordered_email);
  }
  const to = recipientOf(due);
  if (to === undefined || due.user_id === null || !deps.config.APP_URL) return undefined;
  if (due.recent >= MOST_PER_HOUR) {
    logEvent("mail_dropped", { mail_id: mailId, kind: due.kind });
    return undefined;
  }
  const token = await storeToken(deps, mailId, due, due.user_id, to);
  const link = linkTo(deps.config.APP_URL, due.kind, token);
  return due.kind === "reset_password" ? resetPasswordMail(to, link) : verifyEmailMail(to, link);
}

/** An account that signs in through an identity provider alone has no password to reset. */
function recipientOf({ kind, email, pending_email, email_verified, has_password }: Due) {
  if (email === null) return undefined;
  if (kind === "reset_password") return has_password ? email : undefined;
  return pending_email ?? (email_verified ? undefined : email);
}

/** Stores the hash of a new token in place of an earlier one of this order; returns the token. */
async function storeToken(
  { db, clock }: MailDeps,
  mailId: string,
  { kind, client }: Due,
  userId: string,
  email: string,
): Promise<string> {
  const token = newSecret();
  const now = new Date(clock());
  const at = sql`${toIso(now)}::timestamptz`;
  const requested = {
    id: mailId,
    userId,
    kind: "password_reset_requested",
    client,
    now,
  } as const;
  await batch(db, {
    token: sql`
      INSERT INTO email_tokens AS t (id, purpose, user_id, token_hash, email, email_key, created_at, expires_at)
      SELECT ${mailId}::uuid, ${kind}::text, u.id, ${await sha256OfText(token)}::text, ${email}::text,
        ${toEmailKey(email)}::text, ${at}, ${at} + make_interval(mins => ${TOKEN_MINUTES}::int)
      FROM users AS u WHERE u.id = ${userId}::uuid
      ON CONFLICT (id) DO UPDATE SET token_hash = excluded.token_hash, expires_at = excluded.expires_at
        WHERE t.used_event_id IS NULL`,
    event: kind === "reset_password" ? recordEventSql(requested) : undefined,
  });
  return token;
}

/** Undefined when the mail was sent before. */
function findDue(db: Db, mailId: string, now: Date): Promise<Due | undefined> {
  return readOne(
    db,
    sql<Due>`
      SELECT o.kind, o.client, o.email AS ordered_email, u.id AS user_id, u.email, u.pending_email, u.email_verified,
        u.hashed_password IS NOT NULL AS has_password,
        (SELECT count(*)::int FROM email_tokens AS t
          WHERE t.user_id = u.id AND t.purpose = o.kind AND t.id <> o.id
            AND t.created_at > ${toIso(now)}::timestamptz - interval '1 hour') AS recent
      FROM mail_orders AS o
      LEFT JOIN users AS u ON u.is_active
        AND u.id = coalesce(o.user_id, (SELECT r.id FROM users AS r WHERE r.email_key = o.email))
      WHERE o.id = ${mailId}::uuid`,
  );
}

async function deleteOrder(db: Db, mailId: string): Promise<void> {
  await write(db, sql`DELETE FROM mail_orders WHERE id = ${mailId}::uuid`);
}
