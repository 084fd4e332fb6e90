/** Drizzle's schema of the second factor and of the identities at an identity provider. */
import { index, integer, pgTable, primaryKey, text, unique, uuid } from "drizzle-orm/pg-core";
import { time, users } from "./schema.ts";

export const secondFactors = pgTable("second_factors", {
  userId: uuid("user_id")
    .primaryKey()
    .references(() => users.id, { onDelete: "cascade" }),
  secret: text().notNull(),
  confirmedAt: time("confirmed_at"),
  lastStep: integer("last_step"),
  lastUseId: uuid("last_use_id"),
  checks: integer().notNull().default(0),
  checkedAt: time("checked_at"),
  retryAt: time("retry_at"),
  createdAt: time("created_at").notNull(),
});

export const recoveryCodes = pgTable(
  "recovery_codes",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => secondFactors.userId, { onDelete: "cascade" }),
    codeHash: text("code_hash").notNull(),
    usedAt: time("used_at"),
    useId: uuid("use_id"),
  },
  (t) => [primaryKey({ name: "recovery_codes_pkey", columns: [t.userId, t.codeHash] })],
);

export const identities = pgTable(
  "identities",
  {
    issuer: text().notNull(),
    subject: text().notNull(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    createdAt: time("created_at").notNull(),
  },
  (t) => [
    primaryKey({ name: "identities_pkey", columns: [t.issuer, t.subject] }),
    unique("identities_user_key").on(t.userId, t.issuer),
  ],
);

export const signInCodes = pgTable(
  "sign_in_codes",
  {
    codeHash: text("code_hash").primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    codeChallenge: text("code_challenge"),
    useId: uuid("use_id"),
    expiresAt: time("expires_at").notNull(),
  },
  (t) => [
    index("sign_in_codes_user_idx").on(t.userId),
    index("sign_in_codes_expired_idx").on(t.expiresAt),
  ],
);
