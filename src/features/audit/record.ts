/**
 * Records security events. An event is inserted by the batch that makes it true, as its last statement: the
 * chain of the account is locked from then on.
 */
import { sql, type SQL } from "drizzle-orm";
import { type Db, write } from "../../db/client.ts";
import type { RequestClient } from "../../http/client.ts";
import { toIso } from "../../lib/clock.ts";
import { newSecret } from "../../lib/ids.ts";
import type { SecurityEventKind } from "./kinds.ts";

export type SecurityEvent = {
  /** Made before the write, so that a repeated one adds nothing. */
  id: string;
  userId: string;
  kind: SecurityEventKind;
  sessionId?: string;
  keyId?: string;
  /** The administrator who acted, where it was not the account's owner. */
  actorId?: string;
  /** Null for what no request caused. */
  client: RequestClient | null;
  /** What a person needs to understand the event; deleted with the account. Never a secret. */
  details?: Record<string, string | number | boolean | null>;
  now: Date;
};

/** Inserts the event if the condition holds. `condition`: by default, always. */
export function recordEventSql(event: SecurityEvent, condition: SQL = sql`true`): SQL {
  const { id, userId, kind, sessionId = null, keyId = null, actorId = null, now } = event;
  const salt = newSecret();
  const details = JSON.stringify({ ...toDetails(event.client), ...event.details });
  return sql`
    WITH event AS (
      INSERT INTO security_events
        (id, user_id, position, kind, session_id, key_id, actor_id, details_hash, created_at, hash)
      SELECT ${id}::uuid, ${userId}::uuid, 0, ${kind}::text, ${sessionId}::uuid, ${keyId}::uuid, ${actorId}::uuid,
        encode(sha256(convert_to(${salt}::text || ${details}::text, 'UTF8')), 'hex'), ${toIso(now)}::timestamptz, ''
      WHERE ${condition}
      ON CONFLICT (id) DO NOTHING RETURNING id, user_id
    )
    INSERT INTO security_event_details (event_id, user_id, salt, details)
    SELECT event.id, event.user_id, ${salt}::text, ${details}::text FROM event
    JOIN users ON users.id = event.user_id FOR KEY SHARE OF users`;
}

/** Records an event that no other statement goes with. */
export async function recordEvent(db: Db, event: SecurityEvent): Promise<void> {
  await write(db, recordEventSql(event));
}

function toDetails(client: RequestClient | null) {
  if (!client) return {};
  return { address: client.address, user_agent: client.userAgent, country: client.country };
}
