/** SQL of the lists of security events. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../db/columns.ts";
import { type securityEventDetails, securityEvents } from "../../db/schema-security.ts";

const eventColumns = columnsSql(securityEvents, "e", [
  "id",
  "userId",
  "position",
  "kind",
  "sessionId",
  "keyId",
  "actorId",
  "detailsHash",
  "createdAt",
  "hash",
]);

/** `details`: JSON as it was hashed; null once the account is erased. */
export type EventRow = RowOfList<typeof eventColumns> & {
  details: RowOf<typeof securityEventDetails>["details"] | null;
};

const joinDetails = sql`LEFT JOIN security_event_details AS d ON d.event_id = e.id`;

/**
 * A page of the account's events, newest first, with one extra row if there are more. `before`: the
 * position after which the page begins.
 */
export async function listOwnEvents(
  db: Db,
  userId: string,
  { limit, before }: { limit: number; before: number | undefined },
): Promise<EventRow[]> {
  const isBefore = before === undefined ? sql`true` : sql`e.position < ${before}::int`;
  return read(
    db,
    sql<EventRow>`
      SELECT ${eventColumns}, d.details FROM security_events AS e ${joinDetails}
      WHERE e.user_id = ${userId} AND ${isBefore} AND EXISTS (SELECT FROM users WHERE id = ${userId})
      ORDER BY e.position DESC LIMIT ${limit + 1}::int`,
  );
}

/** A position in the events of all accounts. */
export type EventPosition = { createdAt: string; id: string };

/** A page of the events of all accounts; `order`: newest or oldest first. */
export async function listAllEvents(
  db: Db,
  order: "newest" | "oldest",
  { limit, after }: { limit: number; after: EventPosition | undefined },
): Promise<EventRow[]> {
  const direction = sql.raw(order === "newest" ? "DESC" : "ASC");
  const isAfter = after ? isBeyond(order, after) : sql`true`;
  return read(
    db,
    sql<EventRow>`
      SELECT ${eventColumns}, d.details FROM security_events AS e ${joinDetails}
      WHERE ${isAfter}
      ORDER BY e.created_at ${direction}, e.id ${direction} LIMIT ${limit}::int`,
  );
}

function isBeyond(order: "newest" | "oldest", { createdAt, id }: EventPosition): SQL {
  const beyond = sql.raw(order === "newest" ? "<" : ">");
  return sql`(e.created_at, e.id) ${beyond} (${createdAt}::timestamptz, ${id}::uuid)`;
}
