/** Enqueues ordered mails. */
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { batch } from "../../../db/client.ts";
import type { Deps } from "../../../deps.ts";
import type { Env } from "../../../env.ts";
import type { App } from "../../../http/router.ts";
import { toIso } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { sendInTime } from "../../../lib/queue-send.ts";
import type { MailJob } from "./orders.ts";

type MailQueue = Pick<Queue<MailJob>, "send">;

/** After this long an order counts as lost: longer than the queue retries. */
const LOST_MINUTES = 5;
const MOST_PER_RUN = 100;

/** Enqueues the mails after the response was sent; undefined ones were not ordered. */
export function enqueueMails(c: Context<App>, ...mailIds: (string | undefined)[]): void {
  const ordered = mailIds.filter((id) => id !== undefined);
  if (ordered.length > 0) {
    c.executionCtx.waitUntil(Promise.all(ordered.map((id) => enqueue(c.env.MAIL_JOBS, id))));
  }
}

/** Never throws: the order is stored, and the cron job enqueues it again. */
async function enqueue(queue: MailQueue, mailId: string): Promise<void> {
  try {
    await sendInTime(queue, { mailId });
  } catch (error) {
    logError("mail_not_enqueued", { mail_id: mailId, cause: nameOf(error) });
  }
}

/**
 * Every minute: enqueues orders that seem lost, and deletes expired tokens. Returns the counts. May run twice, even at
 * once.
 */
export async function enqueueLostMails(
  { MAIL_JOBS }: Pick<Env, "MAIL_JOBS">,
  { db, clock }: Pick<Deps, "db" | "clock">,
): Promise<Record<string, number>> {
  const now = sql`${toIso(new Date(clock()))}::timestamptz`;
  const { lost, expired } = await batch(db, {
    lost: sql<{ id: string }>`
      UPDATE mail_orders AS o SET queued_at = ${now}
      WHERE o.id IN (
        SELECT id FROM mail_orders WHERE queued_at < ${now} - make_interval(mins => ${LOST_MINUTES}::int)
        ORDER BY queued_at LIMIT ${MOST_PER_RUN}::int FOR UPDATE SKIP LOCKED)
      RETURNING o.id`,
    expired: sql`DELETE FROM email_tokens WHERE expires_at < ${now}`,
  });
  await Promise.all(lost.rows.map(({ id }) => enqueue(MAIL_JOBS, id)));
  return { enqueued: lost.count, expired_tokens: expired.count };
}
