/** Drizzle's schema of documents. */
import { sql } from "drizzle-orm";
import {
  type AnyPgColumn,
  bigint,
  boolean,
  check,
  customType,
  foreignKey,
  index,
  integer,
  jsonb,
  pgTable,
  primaryKey,
  text,
  uniqueIndex,
  uuid,
  vector,
} from "drizzle-orm/pg-core";
import type { TextRegion } from "../lib/text-regions.ts";
import { chats, messages, time, users } from "./schema.ts";

const tsvector = customType<{ data: string }>({ dataType: () => "tsvector" });

export const files = pgTable(
  "files",
  {
    id: uuid().primaryKey(),
    // Null once the account is erased: no query by owner finds the file while its rows are purged.
    userId: uuid("user_id").references(() => users.id, { onDelete: "cascade" }),
    erasureId: uuid("erasure_id"),
    originalName: text("original_name").notNull(),
    filePath: text("file_path").notNull(),
    fileUrl: text("file_url").notNull(),
    fileSize: bigint("file_size", { mode: "number" }).notNull(),
    contentType: text("content_type").notNull(),
    status: text({ enum: ["pending", "processing", "ready", "failed"] }).notNull(),
    processed: boolean().notNull().default(false),
    extractionText: text("extraction_text"),
    createdAt: time("created_at").notNull(),
    sha256: text(),
    failureCode: text("failure_code"),
    encoding: text(),
    encodingCandidates: text("encoding_candidates").array(),
    parentFileId: uuid("parent_file_id").references((): AnyPgColumn => files.id, {
      onDelete: "cascade",
    }),
    pageCount: integer("page_count"),
    scannedPages: integer("scanned_pages"),
    pagesDone: integer("pages_done"),
    pagesFailed: integer("pages_failed"),
    unreadable: integer(),
    textLength: integer("text_length"),
    language: text(),
    uploadExpiresAt: time("upload_expires_at"),
    ingestionAttempt: integer("ingestion_attempt").notNull().default(0),
    resumeCount: integer("resume_count").notNull().default(0),
    updatedAt: time("updated_at").notNull().defaultNow(),
    embedDueAt: time("embed_due_at"),
    embedFailures: integer("embed_failures").notNull().default(0),
  },
  (t) => [
    index("files_embed_due_idx")
      .on(t.embedDueAt)
      .where(sql`${t.embedDueAt} IS NOT NULL`),
    index("files_unfinished_idx")
      .on(t.updatedAt)
      .where(sql`${t.status} IN ('pending', 'processing')`),
    index("files_parent_idx")
      .on(t.parentFileId)
      .where(sql`${t.parentFileId} IS NOT NULL`),
    index("files_created_idx").on(t.createdAt),
    index("files_list_idx").on(t.userId, t.createdAt.desc(), t.id.desc()),
    index("files_path_idx").on(t.filePath),
    index("files_erasure_idx")
      .on(t.erasureId, t.id)
      .where(sql`${t.erasureId} IS NOT NULL`),
    check("files_owner_check", sql`(${t.userId} IS NULL) = (${t.erasureId} IS NOT NULL)`),
    check("files_status_check", sql`${t.status} IN ('pending', 'processing', 'ready', 'failed')`),
  ],
);

/** A line that the file format marks as a heading; offsets are code points into the text of the file. */
export type Heading = { start: number; end: number; level: number };

export const filePages = pgTable(
  "file_pages",
  {
    fileId: uuid("file_id")
      .notNull()
      .references(() => files.id, { onDelete: "cascade" }),
    part: integer().notNull(),
    page: integer(),
    startOffset: integer("start_offset").notNull(),
    endOffset: integer("end_offset").notNull(),
    text: text().notNull(),
    headings: jsonb().$type<Heading[]>().notNull().default([]),
    regions: jsonb().$type<TextRegion[]>().notNull().default([]),
    unreadable: integer().notNull().default(0),
    isScanned: boolean("is_scanned").notNull().default(false),
    source: text({ enum: ["text", "ocr"] })
      .notNull()
      .default("text"),
    ocrFailures: integer("ocr_failures").notNull().default(0),
    ocrCallId: uuid("ocr_call_id"),
    ocrCallExpiresAt: time("ocr_call_expires_at"),
  },
  (t) => [
    primaryKey({ name: "file_pages_pkey", columns: [t.fileId, t.part] }),
    check("file_pages_source_check", sql`${t.source} IN ('text', 'ocr')`),
  ],
);

export const chatFiles = pgTable(
  "chat_files",
  {
    chatId: uuid("chat_id")
      .notNull()
      .references(() => chats.id, { onDelete: "cascade" }),
    fileId: uuid("file_id")
      .notNull()
      .references(() => files.id, { onDelete: "cascade" }),
  },
  (t) => [
    primaryKey({ name: "chat_files_pkey", columns: [t.chatId, t.fileId] }),
    index("chat_files_file_idx").on(t.fileId),
  ],
);

export const fileAnalyses = pgTable(
  "file_analyses",
  {
    id: uuid().primaryKey(),
    fileId: uuid("file_id")
      .notNull()
      .references(() => files.id, { onDelete: "cascade" }),
    ingestionAttempt: integer("ingestion_attempt").notNull(),
    status: text({ enum: ["running", "complete", "failed"] }).notNull(),
    failureCode: text("failure_code"),
    modelName: text("model_name").notNull(),
    partLength: integer("part_length").notNull(),
    partsTotal: integer("parts_total").notNull(),
    partsDone: integer("parts_done").notNull().default(0),
    failures: integer().notNull().default(0),
    callId: uuid("call_id"),
    callExpiresAt: time("call_expires_at"),
    parts: jsonb().notNull().default([]),
    result: jsonb(),
    // The API key that pays; null for a session.
    keyId: uuid("key_id"),
    createdAt: time("created_at").notNull(),
    updatedAt: time("updated_at").notNull(),
    completedAt: time("completed_at"),
  },
  (t) => [
    uniqueIndex("file_analyses_running_key")
      .on(t.fileId)
      .where(sql`${t.status} = 'running'`),
    index("file_analyses_file_idx").on(t.fileId, t.createdAt.desc()),
    index("file_analyses_unfinished_idx")
      .on(t.updatedAt)
      .where(sql`${t.status} = 'running'`),
    check("file_analyses_status_check", sql`${t.status} IN ('running', 'complete', 'failed')`),
  ],
);

/** Written by a trigger of `messages`. */
export const messageWords = pgTable(
  "message_words",
  {
    messageId: uuid("message_id")
      .primaryKey()
      .references(() => messages.id, { onDelete: "cascade" }),
    userId: uuid("user_id").notNull(),
    chatId: uuid("chat_id").notNull(),
    createdAt: time("created_at").notNull(),
    words: tsvector().notNull(),
  },
  (t) => [
    index("message_words_idx").using("gin", t.words),
    index("message_words_newest_idx").on(t.userId, t.createdAt.desc(), t.messageId.desc()),
  ],
);

export const passages = pgTable(
  "passages",
  {
    fileId: uuid("file_id")
      .notNull()
      .references(() => files.id, { onDelete: "cascade" }),
    ordinal: integer().notNull(),
    userId: uuid("user_id").notNull(),
    startOffset: integer("start_offset").notNull(),
    endOffset: integer("end_offset").notNull(),
    page: integer(),
    headings: text().array().notNull().default([]),
    text: text().notNull(),
  },
  (t) => [primaryKey({ name: "passages_pkey", columns: [t.fileId, t.ordinal] })],
);

export const indexedFiles = pgTable(
  "indexed_files",
  {
    fileId: uuid("file_id")
      .primaryKey()
      .references(() => files.id, { onDelete: "cascade" }),
    userId: uuid("user_id").notNull(),
    language: text().notNull(),
    passages: integer().notNull(),
    indexVersion: integer("index_version").notNull().default(0),
    slot: integer().notNull().default(0),
    buildVersion: integer("build_version"),
    buildNext: integer("build_next").notNull().default(0),
    buildDueAt: time("build_due_at")
      .notNull()
      .default(sql`'-infinity'`),
    buildFailures: integer("build_failures").notNull().default(0),
    embeddingModel: text("embedding_model"),
  },
  (t) => [
    index("indexed_files_owner_idx").on(t.userId),
    index("indexed_files_version_idx").on(t.indexVersion, t.fileId),
    index("indexed_files_build_idx")
      .on(t.fileId)
      .where(sql`${t.buildVersion} IS NOT NULL`),
    index("indexed_files_embedding_idx").on(t.embeddingModel, t.fileId),
    check("indexed_files_slot_check", sql`${t.slot} IN (0, 1)`),
  ],
);

export const passageTerms = pgTable(
  "passage_terms",
  {
    userId: uuid("user_id").notNull(),
    term: text().notNull(),
    fileId: uuid("file_id")
      .notNull()
      .references(() => files.id, { onDelete: "cascade" }),
    part: integer().notNull(),
    postings: integer().array().notNull(),
  },
  // The migration also includes the postings in this index, which drizzle cannot declare.
  (t) => [
    primaryKey({ name: "passage_terms_pkey", columns: [t.userId, t.term, t.fileId, t.part] }),
    index("passage_terms_file_idx").on(t.fileId),
  ],
);

/** Exists only on servers with pgvector. */
export const passageVectors = pgTable(
  "passage_vectors",
  {
    fileId: uuid("file_id").notNull(),
    ordinal: integer().notNull(),
    userId: uuid("user_id").notNull(),
    model: text().notNull(),
    embedding: vector({ dimensions: 1_536 }).notNull(),
  },
  (t) => [
    primaryKey({ name: "passage_vectors_pkey", columns: [t.fileId, t.ordinal] }),
    foreignKey({
      columns: [t.fileId, t.ordinal],
      foreignColumns: [passages.fileId, passages.ordinal],
    }).onDelete("cascade"),
    index("passage_vectors_owner_idx").on(t.userId),
  ],
);

/** Filled by triggers of `files` and `chats`, which drizzle cannot declare. */
export const deletions = pgTable(
  "deletions",
  {
    kind: text({ enum: ["object", "room"] }).notNull(),
    target: text().notNull(),
    dueAt: time("due_at").notNull(),
    lastAt: time("last_at").notNull(),
    tries: integer().notNull().default(0),
    createdAt: time("created_at").notNull(),
    erasureId: uuid("erasure_id"),
  },
  (t) => [
    primaryKey({ name: "deletions_pkey", columns: [t.kind, t.target] }),
    index("deletions_due_idx").on(t.kind, t.dueAt),
    index("deletions_erasure_idx")
      .on(t.erasureId)
      .where(sql`${t.erasureId} IS NOT NULL`),
    check("deletions_kind_check", sql`${t.kind} IN ('object', 'room')`),
  ],
);

export const sweeps = pgTable("sweeps", {
  bucket: text().primaryKey(),
  afterKey: text("after_key").notNull(),
  updatedAt: time("updated_at").notNull(),
});
