/**
 * Drizzle's schema of accounts, chats and usage; `schema-documents.ts` has the rest. The database is
 * created by `migrations/`; a test compares the two.
 */
import { sql } from "drizzle-orm";
import {
  bigint,
  boolean,
  check,
  foreignKey,
  index,
  integer,
  jsonb,
  numeric,
  pgTable,
  primaryKey,
  smallint,
  text,
  timestamp,
  unique,
  uniqueIndex,
  uuid,
} from "drizzle-orm/pg-core";
import type { Rates } from "../lib/prices.ts";

export const time = <const Name extends string>(name: Name) =>
  timestamp(name, { withTimezone: true, precision: 3, mode: "date" });

export const users = pgTable(
  "users",
  {
    id: uuid().primaryKey(),
    name: text().notNull(),
    email: text().notNull(),
    pendingEmail: text("pending_email"),
    // Null for an account that signs in through an identity provider alone.
    hashedPassword: text("hashed_password"),
    isActive: boolean("is_active").notNull().default(true),
    emailVerified: boolean("email_verified").notNull().default(false),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
    // The normalised form in which addresses are compared.
    emailKey: text("email_key").notNull(),
    role: text({ enum: ["user", "admin"] })
      .notNull()
      .default("user"),
    passwordVersion: integer("password_version").notNull().default(0),
  },
  (t) => [
    uniqueIndex("users_email_key").on(t.emailKey),
    index("users_list_idx").on(t.createdAt.desc(), t.id.desc()),
    check("users_role_check", sql`${t.role} IN ('user', 'admin')`),
  ],
);

export const sessions = pgTable(
  "sessions",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    refreshCounter: integer("refresh_counter").notNull().default(0),
    userAgent: text("user_agent"),
    createdAt: time("created_at").notNull(),
    lastSeenAt: time("last_seen_at").notNull(),
    expiresAt: time("expires_at").notNull(),
    endedAt: time("ended_at"),
    country: text(),
    method: text({ enum: ["password", "oidc"] })
      .notNull()
      .default("password"),
    rotatedAt: time("rotated_at"),
    endedEventId: uuid("ended_event_id"),
  },
  (t) => [
    index("sessions_user_idx").on(t.userId, t.lastSeenAt.desc()),
    index("sessions_live_idx")
      .on(t.userId, t.id.desc())
      .where(sql`${t.endedAt} IS NULL`),
    index("sessions_seen_idx")
      .on(t.lastSeenAt)
      .where(sql`${t.endedAt} IS NULL`),
    check("sessions_method_check", sql`${t.method} IN ('password', 'oidc')`),
  ],
);

/** Filled by a trigger of `sessions`, which drizzle cannot declare. */
export const sessionEnds = pgTable("session_ends", {
  sessionId: uuid("session_id")
    .primaryKey()
    .references(() => sessions.id, { onDelete: "cascade" }),
  triedAt: time("tried_at"),
  lastAt: time("last_at").notNull(),
  createdAt: time("created_at").notNull(),
});

export const chats = pgTable(
  "chats",
  {
    id: uuid().primaryKey(),
    // Null once the chat is deleted: no query by owner finds it while its rows are purged.
    userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
    title: text().notNull(),
    autoTitle: boolean("auto_title").notNull().default(true),
    pinned: boolean().notNull().default(false),
    archived: boolean().notNull().default(false),
    // Its foreign key is only in the migration: drizzle cannot declare a cycle of two tables.
    currentMessageId: uuid("current_message_id"),
    messageCount: integer("message_count").notNull().default(0),
    version: integer().notNull().default(1),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
    titleReasoning: text("title_reasoning"),
    deletedAt: time("deleted_at"),
    expiresAt: time("expires_at"),
    // Deleted a day after its last activity.
    temporary: boolean().notNull().default(false),
    erasureId: uuid("erasure_id"),
    // Of a program: in no list and in no search.
    unlisted: boolean().notNull().default(false),
    clientId: text("client_id"),
  },
  (t) => [
    uniqueIndex("chats_client_key")
      .on(t.userId, t.clientId)
      .where(sql`${t.clientId} IS NOT NULL`),
    index("chats_list_idx").on(
      t.userId,
      t.archived,
      t.pinned.desc(),
      t.updatedAt.desc(),
      t.id.desc(),
    ),
    index("chats_listed_idx")
      .on(t.userId, t.archived, t.pinned.desc(), t.updatedAt.desc(), t.id.desc())
      .where(sql`NOT ${t.unlisted}`),
    index("chats_deleted_idx")
      .on(t.deletedAt, t.id)
      .where(sql`${t.deletedAt} IS NOT NULL`),
    index("chats_expires_idx")
      .on(t.expiresAt)
      .where(sql`${t.expiresAt} IS NOT NULL AND ${t.userId} IS NOT NULL`),
    index("chats_temporary_idx")
      .on(t.updatedAt)
      .where(sql`${t.temporary} AND ${t.userId} IS NOT NULL`),
    index("chats_activity_idx")
      .on(t.updatedAt)
      .where(sql`${t.userId} IS NOT NULL`),
    index("chats_erasure_idx")
      .on(t.erasureId)
      .where(sql`${t.erasureId} IS NOT NULL`),
    check("chats_owner_check", sql`(${t.userId} IS NULL) = (${t.deletedAt} IS NOT NULL)`),
  ],
);

/** By which titles are searched. Filled by triggers of `chats`, which drizzle cannot declare. */
export const chatTitles = pgTable(
  "chat_titles",
  {
    chatId: uuid("chat_id")
      .primaryKey()
      .references(() => chats.id, { onDelete: "cascade" }),
    grams: bigint({ mode: "bigint" }).array().notNull(),
  },
  (t) => [
    index("chat_titles_grams_idx").using("gin", t.grams).with({ gin_pending_list_limit: 1024 }),
  ],
);

export const messages = pgTable(
  "messages",
  {
    id: uuid().primaryKey(),
    chatId: uuid("chat_id")
      .notNull()
      .references(() => chats.id, { onDelete: "cascade" }),
    parentId: uuid("parent_id"),
    type: text({ enum: ["user", "bot"] }).notNull(),
    content: text().notNull(),
    status: text({
      enum: ["complete", "streaming", "stopped", "interrupted", "failed"],
    }).notNull(),
    fileName: text("file_name"),
    fileUrl: text("file_url"),
    metadata: jsonb().$type<Record<string, unknown>>().notNull().default({}),
    createdAt: time("created_at").notNull(),
    // The API key that pays for an answer; null for a session.
    keyId: uuid("key_id"),
    fileIds: uuid("file_ids").array().notNull().default([]),
    // How many of `file_ids` are the message's own, the first ones; null in rows of earlier versions.
    ownFileCount: smallint("own_file_count"),
    clientId: text("client_id"),
  },
  (t) => [
    uniqueIndex("messages_client_key")
      .on(t.chatId, t.clientId)
      .where(sql`${t.clientId} IS NOT NULL`),
    unique("messages_chat_key").on(t.chatId, t.id),
    foreignKey({
      name: "messages_parent_fkey",
      columns: [t.chatId, t.parentId],
      foreignColumns: [t.chatId, t.id],
    }).onDelete("cascade"),
    uniqueIndex("messages_one_streaming_key")
      .on(t.chatId)
      .where(sql`${t.status} = 'streaming'`),
    index("messages_siblings_idx").on(t.chatId, t.parentId, t.createdAt, t.id),
    check("messages_type_check", sql`${t.type} IN ('user', 'bot')`),
    check(
      "messages_status_check",
      sql`${t.status} IN ('complete', 'streaming', 'stopped', 'interrupted', 'failed')`,
    ),
  ],
);

export const messageFeedback = pgTable(
  "message_feedback",
  {
    messageId: uuid("message_id")
      .primaryKey()
      .references(() => messages.id, { onDelete: "cascade" }),
    rating: text({ enum: ["up", "down"] }).notNull(),
    comment: text(),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
  },
  (t) => [check("message_feedback_rating_check", sql`${t.rating} IN ('up', 'down')`)],
);

export const chatSessions = pgTable(
  "chat_sessions",
  {
    id: uuid().primaryKey(),
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    chatId: uuid("chat_id").references(() => chats.id, { onDelete: "cascade" }),
    sessionToken: text("session_token").notNull(),
    isActive: boolean("is_active").notNull().default(true),
    lastActivity: time("last_activity").notNull(),
    createdAt: time("created_at").notNull(),
    sessionId: uuid("session_id")
      .notNull()
      .references(() => sessions.id, { onDelete: "cascade" }),
    usedAt: time("used_at"),
  },
  (t) => [
    unique("chat_sessions_token_key").on(t.sessionToken),
    check("chat_sessions_room_check", sql`${t.chatId} IS NOT NULL OR NOT ${t.isActive}`),
    index("chat_sessions_chat_idx").on(t.chatId),
    index("chat_sessions_user_idx").on(t.userId),
    index("chat_sessions_session_idx").on(t.sessionId),
  ],
);

export const aiUsage = pgTable(
  "ai_usage",
  {
    id: uuid().primaryKey(),
    // No foreign key: an account may have more rows than one statement can delete.
    userId: uuid("user_id").notNull(),
    chatId: uuid("chat_id").references(() => chats.id, { onDelete: "set null" }),
    messageId: uuid("message_id").references(() => messages.id, { onDelete: "set null" }),
    serviceType: text("service_type", {
      enum: ["answer", "title", "name", "embedding", "analysis", "ocr", "rewrite", "rerank"],
    }).notNull(),
    attempt: integer().notNull().default(1),
    provider: text().notNull(),
    modelName: text("model_name").notNull(),
    promptTokens: integer("prompt_tokens").notNull(),
    completionTokens: integer("completion_tokens").notNull(),
    totalTokens: integer("total_tokens").notNull(),
    // Null where no price is known.
    costEstimate: numeric("cost_estimate", { precision: 20, scale: 12 }),
    estimated: boolean().notNull(),
    createdAt: time("created_at").notNull(),
    cacheWriteTokens: integer("cache_write_tokens"),
    audioPromptTokens: integer("audio_prompt_tokens"),
    audioCompletionTokens: integer("audio_completion_tokens"),
    rates: jsonb().$type<Rates>(),
    keyId: uuid("key_id"),
    cachedTokens: integer("cached_tokens"),
    reasoningTokens: integer("reasoning_tokens"),
  },
  (t) => [
    unique("ai_usage_attempt_key").on(t.messageId, t.serviceType, t.attempt),
    index("ai_usage_user_idx").on(t.userId, t.createdAt),
    index("ai_usage_chat_idx").on(t.chatId),
    check(
      "ai_usage_service_type_check",
      sql`${t.serviceType} IN ('answer', 'title', 'name', 'embedding', 'analysis', 'ocr', 'rewrite', 'rerank')`,
    ),
  ],
);

export const idempotencyKeys = pgTable(
  "idempotency_keys",
  {
    userId: uuid("user_id")
      .notNull()
      .references(() => users.id, { onDelete: "cascade" }),
    route: text().notNull(),
    key: text().notNull(),
    id: uuid().notNull(),
    fingerprint: text().notNull(),
    chatId: uuid("chat_id"),
    messageId: uuid("message_id"),
    answerId: uuid("answer_id"),
    createdAt: time("created_at").notNull(),
    fileId: uuid("file_id"),
    pending: boolean().notNull().default(false),
    failure: text(),
  },
  (t) => [
    primaryKey({ name: "idempotency_keys_pkey", columns: [t.userId, t.route, t.key] }),
    index("idempotency_keys_created_idx").on(t.createdAt),
  ],
);
