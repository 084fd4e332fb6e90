/** Drizzle's schema of mails and the tokens of their links. */
import { sql } from "drizzle-orm";
import { check, index, jsonb, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { time, users } from "./schema.ts";

export const mailOrders = pgTable(
  "mail_orders",
  {
    id: uuid().primaryKey(),
    kind: text({ enum: ["verify_email", "reset_password", "email_changing"] }).notNull(),
    userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
    email: text(),
    client: jsonb().$type<Record<string, string | null>>(),
    createdAt: time("created_at").notNull(),
    queuedAt: time("queued_at").notNull(),
  },
  (t) => [
    index("mail_orders_user_idx").on(t.userId),
    index("mail_orders_queued_idx").on(t.queuedAt),
    check(
      "mail_orders_kind_check",
      sql`${t.kind} IN ('verify_email', 'reset_password', 'email_changing')`,
    ),
  ],
);

export const emailTokens = pgTable(
  "email_tokens",
  {
    id: uuid().primaryKey(),
    purpose: text({ enum: ["verify_email", "reset_password"] }).notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    tokenHash: text("token_hash").notNull(),
    email: text().notNull(),
    emailKey: text("email_key").notNull(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    usedEventId: uuid("used_event_id"),
  },
  (t) => [
    uniqueIndex("email_tokens_hash_key").on(t.tokenHash),
    index("email_tokens_user_idx").on(t.userId, t.purpose, t.createdAt),
    index("email_tokens_expires_idx").on(t.expiresAt),
    check("email_tokens_purpose_check", sql`${t.purpose} IN ('verify_email', 'reset_password')`),
  ],
);
