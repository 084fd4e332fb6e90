/** Drizzle's schema of security events. The chain's functions and triggers are only in the migration. */
import { sql } from "drizzle-orm";
import { date, foreignKey, index, integer, pgTable, text, unique, uuid } from "drizzle-orm/pg-core";
import { time } from "./schema.ts";

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
  (t) => [
    unique("security_events_position_key").on(t.userId, t.position),
    index("security_events_created_idx").on(t.createdAt, t.id),
  ],
);

export const securityEventDetails = pgTable(
  "security_event_details",
  {
    eventId: uuid("event_id").primaryKey(),
    // No foreign key: an account may have more rows than one statement can delete.
    userId: uuid("user_id").notNull(),
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

export const auditAnchors = pgTable("audit_anchors", {
  day: date().primaryKey(),
  events: integer().notNull(),
  chains: integer().notNull(),
  hash: text().notNull(),
  createdAt: time("created_at").notNull(),
});

/** An erased account: what was erased so far, and when nothing was left. */
export const erasures = pgTable(
  "erasures",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id").notNull(),
    requestedAt: time("requested_at").notNull(),
    completedAt: time("completed_at"),
    chats: integer().notNull().default(0),
    messages: integer().notNull().default(0),
    files: integer().notNull().default(0),
    usageRecords: integer("usage_records").notNull().default(0),
    sessions: integer().notNull().default(0),
    eventDetails: integer("event_details").notNull().default(0),
  },
  (t) => [
    unique("erasures_user_key").on(t.userId),
    index("erasures_open_idx")
      .on(t.requestedAt)
      .where(sql`${t.completedAt} IS NULL`),
  ],
);
