/** Drizzle's schema of budgets. Their functions and triggers are only in the migration. */
import { sql } from "drizzle-orm";
import {
  bigint,
  check,
  date,
  index,
  integer,
  numeric,
  pgTable,
  primaryKey,
  text,
  uuid,
} from "drizzle-orm/pg-core";
import { messages, time, users } from "./schema.ts";

const money = (name: string) => numeric(name, { precision: 20, scale: 12 });

const ownerId = () =>
  uuid("user_id")
    .notNull()
    .references(() => users.id, { onDelete: "cascade" });

export const budgets = pgTable(
  "budgets",
  {
    subjectId: uuid("subject_id").notNull(),
    userId: ownerId(),
    period: text({ enum: ["day", "month"] }).notNull(),
    tokens: bigint({ mode: "number" }),
    cost: money("cost"),
  },
  (t) => [
    primaryKey({ name: "budgets_pkey", columns: [t.subjectId, t.period] }),
    index("budgets_user_idx").on(t.userId),
    check("budgets_period_check", sql`${t.period} IN ('day', 'month')`),
    check("budgets_tokens_check", sql`${t.tokens} >= 0`),
    check("budgets_cost_check", sql`${t.cost} >= 0`),
  ],
);

export const usageDays = pgTable(
  "usage_days",
  {
    subjectId: uuid("subject_id").notNull(),
    userId: ownerId(),
    day: date().notNull(),
    calls: integer().notNull(),
    tokens: bigint({ mode: "number" }).notNull(),
    cost: money("cost").notNull(),
    unpricedCalls: integer("unpriced_calls").notNull(),
  },
  (t) => [
    primaryKey({ name: "usage_days_pkey", columns: [t.subjectId, t.day] }),
    index("usage_days_user_idx").on(t.userId),
  ],
);

/** Sums of usage by day, kind, model and chat. Filled by a trigger of `ai_usage`. */
export const usageSums = pgTable(
  "usage_sums",
  {
    userId: ownerId(),
    day: date().notNull(),
    kind: text().notNull(),
    model: text().notNull(),
    chatId: uuid("chat_id").notNull(),
    calls: integer().notNull(),
    promptTokens: bigint("prompt_tokens", { mode: "number" }).notNull(),
    completionTokens: bigint("completion_tokens", { mode: "number" }).notNull(),
    cachedTokens: bigint("cached_tokens", { mode: "number" }).notNull(),
    reasoningTokens: bigint("reasoning_tokens", { mode: "number" }).notNull(),
    cost: money("cost").notNull(),
    unpricedCalls: integer("unpriced_calls").notNull(),
    estimatedCalls: integer("estimated_calls").notNull(),
  },
  (t) => [
    primaryKey({
      name: "usage_sums_pkey",
      columns: [t.userId, t.day, t.kind, t.model, t.chatId],
    }),
    index("usage_sums_day_idx").on(t.day),
  ],
);

/** The same without the chats. */
export const usageTotals = pgTable(
  "usage_totals",
  {
    userId: ownerId(),
    day: date().notNull(),
    kind: text().notNull(),
    model: text().notNull(),
    calls: integer().notNull(),
    promptTokens: bigint("prompt_tokens", { mode: "number" }).notNull(),
    completionTokens: bigint("completion_tokens", { mode: "number" }).notNull(),
    cachedTokens: bigint("cached_tokens", { mode: "number" }).notNull(),
    reasoningTokens: bigint("reasoning_tokens", { mode: "number" }).notNull(),
    cost: money("cost").notNull(),
    unpricedCalls: integer("unpriced_calls").notNull(),
    estimatedCalls: integer("estimated_calls").notNull(),
  },
  (t) => [
    primaryKey({ name: "usage_totals_pkey", columns: [t.userId, t.day, t.kind, t.model] }),
    index("usage_totals_day_idx").on(t.day),
  ],
);

export const budgetReservations = pgTable(
  "budget_reservations",
  {
    messageId: uuid("message_id")
      .primaryKey()
      .references(() => messages.id, { onDelete: "cascade" }),
    userId: ownerId(),
    keyId: uuid("key_id"),
    tokens: bigint({ mode: "number" }).notNull(),
    cost: money("cost"),
    createdAt: time("created_at").notNull(),
  },
  (t) => [index("budget_reservations_user_idx").on(t.userId)],
);
