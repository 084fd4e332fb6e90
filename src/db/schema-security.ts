/** Drizzle's schema of security events. The chain's functions and triggers are only in the migration. */
import { foreignKey, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { time, users } from "./schema.ts";

export const securityEvents = pgTable(
  "security_events",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id").notNull(),
    position: integer().notNull(),
    kind: text().notNull(),
    sessionId: uuid("session_id"),
    keyId: uuid("key_id"),
    actorId: uuid("actor_id"),
    detailsHash: text("details_hash").notNull(),
    createdAt: time("created_at").notNull(),
    hash: text().notNull(),
  },
  (t) => [unique("security_events_position_key").on(t.userId, t.position)],
);

export const securityEventDetails = pgTable(
  "security_event_details",
  {
    eventId: uuid("event_id").primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    salt: text().notNull(),
    details: text().notNull(),
  },
  (t) => [
    foreignKey({ columns: [t.eventId], foreignColumns: [securityEvents.id] }),
    index("security_event_details_user_idx").on(t.userId),
  ],
);

export const securityEventChains = pgTable("security_event_chains", {
  userId: uuid("user_id").primaryKey(),
  position: integer().notNull(),
  hash: text().notNull(),
});
