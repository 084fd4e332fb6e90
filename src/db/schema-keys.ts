/** Drizzle's schema of API keys. */
import { sql } from "drizzle-orm";
import { check, index, pgTable, text, uniqueIndex, uuid } from "drizzle-orm/pg-core";
import { KEY_SCOPES } from "../lib/key-scopes.ts";
import { time, users } from "./schema.ts";

export const apiKeys = pgTable(
  "api_keys",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    name: text().notNull(),
    prefix: text().notNull(),
    keyHash: text("key_hash").notNull(),
    scopes: text({ enum: KEY_SCOPES }).array().notNull(),
    createdAt: time("created_at").notNull(),
    expiresAt: time("expires_at"),
    lastUsedAt: time("last_used_at"),
    revokedAt: time("revoked_at"),
    triedAt: time("tried_at"),
  },
  (t) => [
    uniqueIndex("api_keys_hash_key").on(t.keyHash),
    index("api_keys_user_idx").on(t.userId, t.createdAt.desc()),
    index("api_keys_live_idx")
      .on(t.userId, t.createdAt.desc(), t.id.desc())
      .where(sql`${t.revokedAt} IS NULL`),
    index("api_keys_used_idx").on(t.userId, t.lastUsedAt),
    index("api_keys_end_idx").on(sql`LEAST(${t.revokedAt}, ${t.expiresAt})`),
    check("api_keys_scopes_check", sql`${t.scopes} <@ ARRAY['chat', 'files', 'usage', 'read']`),
  ],
);
