/** Records failed sign-ins, as many as help the account's owner, and never as many as an attacker sends. */
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { write } from "../../db/client.ts";
import { describeFailure } from "../../db/errors.ts";
import { clientOf } from "../../http/client.ts";
import type { App } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { recordEventSql } from "../audit/record.ts";
import type { UserRow } from "./queries.ts";

/** The most events of an account per hour, from all addresses. */
const MOST_PER_HOUR = 20;

/** The most recent events that are looked at: an account rarely has as many in an hour. */
const LOOKED_AT = 100;

/**
 * Records at most one event per account, address and minute, and 20 per account and hour. Call it after
 * the response, whose time would say that the account exists. Never throws.
 */
export async function recordFailedSignIn(c: Context<App>, { id: userId }: UserRow): Promise<void> {
  const { db, clock, newId } = c.get("deps");
  const now = new Date(clock());
  const client = clientOf(c);
  const event = { id: newId(), userId, kind: "sign_in_failed", client, now } as const;
  const condition = sql`(
    SELECT count(*) < ${MOST_PER_HOUR}::int AND count(*) FILTER (
      WHERE e.created_at > ${toIso(now)}::timestamptz - interval '1 minute'
        AND d.details::json ->> 'address' IS NOT DISTINCT FROM ${client.address}::text) = 0
    FROM (
      SELECT id, kind, created_at FROM security_events WHERE user_id = ${userId}
      ORDER BY position DESC LIMIT ${LOOKED_AT}::int
    ) AS e LEFT JOIN security_event_details AS d ON d.event_id = e.id
    WHERE e.kind = 'sign_in_failed' AND e.created_at > ${toIso(now)}::timestamptz - interval '1 hour')`;
  try {
    await write(db, recordEventSql(event, condition));
  } catch (error) {
    logError("event_not_recorded", { kind: event.kind, ...describeFailure(error) });
  }
}
