/**
 * Orders of mails: an outbox. A row is inserted by the batch that makes the mail due, and enqueued after the response;
 * what was not enqueued, or got lost, is enqueued again by the cron job.
 */
import { sql, type SQL } from "drizzle-orm";
import type { RowOf } from "../../../db/columns.ts";
import type { mailOrders } from "../../../db/schema-mail.ts";
import type { Deps } from "../../../deps.ts";
import type { RequestClient } from "../../../http/client.ts";
import { toIso } from "../../../lib/clock.ts";
import type { TracedMessage } from "../../../lib/trace.ts";

type MailOrder = RowOf<typeof mailOrders>;

export type MailKind = MailOrder["kind"];

/** A message of the mail queue: an id, never an address or a token. */
export type MailJob = TracedMessage & { mailId: string };

/**
 * - `verify_email`: a link to verify the pending address, or the current one
 * - `reset_password`: a link to set another password, if an account has the address
 * - `email_changing`: warns the current address that another one is to replace it
 */
type NewOrder =
  | { kind: "verify_email"; userId: string; now: Date }
  | { kind: "reset_password"; emailKey: string; client: RequestClient; now: Date }
  | { kind: "email_changing"; userId: string; email: string; now: Date };

/** `statements` of a batch insert the order, which is then to be enqueued. */
type Ordered = { id: string | undefined; statements: SQL[] };

/** An order of a mail, if the condition holds in the batch; nothing where mails are not configured. */
export function orderIfConfigured(
  { mail, newId }: Pick<Deps, "mail" | "newId">,
  order: NewOrder,
  condition: SQL = sql`true`,
): Ordered {
  if (!mail.isConfigured()) return { id: undefined, statements: [] };
  const id = newId();
  return { id, statements: [insertOrderSql(id, order, condition)] };
}

function insertOrderSql(id: string, order: NewOrder, condition: SQL): SQL {
  const userId = "userId" in order ? order.userId : null;
  const email = emailOf(order);
  const client = "client" in order ? JSON.stringify(order.client) : null;
  const now = toIso(order.now);
  return sql`
    INSERT INTO mail_orders (id, kind, user_id, email, client, created_at, queued_at)
    SELECT ${id}::uuid, ${order.kind}::text, ${userId}::uuid, ${email}::text, ${client}::jsonb,
      ${now}::timestamptz, ${now}::timestamptz
    WHERE ${condition}
    ON CONFLICT (id) DO NOTHING`;
}

function emailOf(order: NewOrder): string | null {
  if (order.kind === "reset_password") return order.emailKey;
  return order.kind === "email_changing" ? order.email : null;
}
