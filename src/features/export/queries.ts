/** Pages of what an account owns, for its export. Each is a keyset page: none is held while it is written. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { columnsSql, type RowOf, type RowOfList } from "../../db/columns.ts";
import { apiKeys } from "../../db/schema-keys.ts";
import { identities } from "../../db/schema-sign-in.ts";
import { aiUsage, type chats, messageFeedback, sessions } from "../../db/schema.ts";
import { uuidArray } from "../../db/uuid-array.ts";
import { analysisColumns, type AnalysisRow } from "../files/analysis/queries.ts";
import { fileColumns, type FileRow } from "../files/queries.ts";

/** Sorts before every other id. */
const FIRST = "00000000-0000-0000-0000-000000000000";

const PAGE = 200;

type Page<Row> = (db: Db, ownerId: string, after: string) => Promise<Row[]>;

/** The pages of a list; one that is not full is the last. `pageSize`: that of the list. */
export async function* allPages<Row>(
  list: Page<Row>,
  idOf: (row: Row) => string,
  db: Db,
  ownerId: string,
  pageSize = PAGE,
): AsyncGenerator<Row[]> {
  let after: string | undefined = FIRST;
  while (after !== undefined) {
    const rows: Row[] = await list(db, ownerId, after);
    yield rows;
    const last = rows.at(-1);
    after = rows.length === pageSize && last ? idOf(last) : undefined;
  }
}

/** The rows of these pages. */
export async function* allRows<Row>(...of: Parameters<typeof allPages<Row>>): AsyncGenerator<Row> {
  for await (const rows of allPages(...of)) yield* rows;
}

type ChatName = RowOf<typeof chats, "id" | "title" | "createdAt">;

export const listChatNames: Page<ChatName> = (db, ownerId, after) =>
  read(
    db,
    sql<ChatName>`
      SELECT id, title, created_at FROM chats WHERE user_id = ${ownerId} AND id > ${after}::uuid
      ORDER BY id LIMIT ${PAGE}::int`,
  );

export const listFilesById: Page<FileRow> = (db, ownerId, after) =>
  read(
    db,
    sql<FileRow>`
      SELECT ${fileColumns} FROM files AS f WHERE f.user_id = ${ownerId} AND f.id > ${after}::uuid
      ORDER BY f.id LIMIT ${PAGE}::int`,
  );

const sessionColumns = columnsSql(sessions, "s", [
  "id",
  "createdAt",
  "lastSeenAt",
  "expiresAt",
  "endedAt",
  "userAgent",
  "country",
  "method",
]);

type SessionRow = RowOfList<typeof sessionColumns>;

export const listSessionsById: Page<SessionRow> = (db, ownerId, after) =>
  read(
    db,
    sql<SessionRow>`
      SELECT ${sessionColumns} FROM sessions AS s WHERE s.user_id = ${ownerId} AND s.id > ${after}::uuid
      ORDER BY s.id LIMIT ${PAGE}::int`,
  );

const usageColumns = columnsSql(aiUsage, "u", [
  "id",
  "serviceType",
  "attempt",
  "provider",
  "modelName",
  "promptTokens",
  "completionTokens",
  "totalTokens",
  "cachedTokens",
  "reasoningTokens",
  "cacheWriteTokens",
  "audioPromptTokens",
  "audioCompletionTokens",
  "costEstimate",
  "estimated",
  "keyId",
  "createdAt",
]);

type UsageRow = RowOfList<typeof usageColumns> & RowOf<typeof aiUsage, "chatId" | "messageId">;

/** Of a deleted chat that is not purged yet, only the cost: without its id, or that of its message. */
export const listUsageById: Page<UsageRow> = (db, ownerId, after) =>
  read(
    db,
    sql<UsageRow>`
      SELECT ${usageColumns}, c.id AS chat_id, CASE WHEN c.id IS NOT NULL THEN u.message_id END AS message_id
      FROM ai_usage AS u LEFT JOIN chats AS c ON c.id = u.chat_id AND c.user_id = u.user_id
      WHERE u.user_id = ${ownerId} AND u.id > ${after}::uuid
      ORDER BY u.id LIMIT ${PAGE}::int`,
  );

const feedbackColumns = columnsSql(messageFeedback, "f", [
  "messageId",
  "rating",
  "comment",
  "createdAt",
  "updatedAt",
]);

type FeedbackRow = RowOfList<typeof feedbackColumns>;

/** Of a page of chats, because finding it takes the ids of all their messages. */
export function listFeedbackOf(chatIds: readonly string[]): Page<FeedbackRow> {
  return (db, ownerId, after) =>
    read(
      db,
      sql<FeedbackRow>`
        SELECT ${feedbackColumns} FROM chats AS c JOIN messages AS m ON m.chat_id = c.id
        JOIN message_feedback AS f ON f.message_id = m.id
        WHERE c.id = ANY(${uuidArray(chatIds)}) AND c.user_id = ${ownerId} AND m.id > ${after}::uuid
        ORDER BY m.id LIMIT ${PAGE}::int`,
    );
}

const keyColumns = columnsSql(apiKeys, "k", [
  "id",
  "name",
  "prefix",
  "scopes",
  "createdAt",
  "expiresAt",
  "lastUsedAt",
  "revokedAt",
]);

type KeyRow = RowOfList<typeof keyColumns>;

export const listKeysById: Page<KeyRow> = (db, ownerId, after) =>
  read(
    db,
    sql<KeyRow>`
      SELECT ${keyColumns} FROM api_keys AS k WHERE k.user_id = ${ownerId} AND k.id > ${after}::uuid
      ORDER BY k.id LIMIT ${PAGE}::int`,
  );

/** A result may be long. */
export const ANALYSES_PER_PAGE = 20;

/** Complete ones: the others hold nothing yet. */
export const listAnalysesById: Page<AnalysisRow> = (db, ownerId, after) =>
  read(
    db,
    sql<AnalysisRow>`
      SELECT ${analysisColumns} FROM files AS f JOIN file_analyses AS a ON a.file_id = f.id
      WHERE f.user_id = ${ownerId} AND a.status = 'complete' AND a.id > ${after}::uuid
      ORDER BY a.id LIMIT ${ANALYSES_PER_PAGE}::int`,
  );

const identityColumns = columnsSql(identities, "i", ["issuer", "subject", "createdAt"]);

type IdentityRow = RowOfList<typeof identityColumns>;

/** The most identities that are read: an account has one per provider. */
const MOST_IDENTITIES = 1_000;

export function listIdentities(db: Db, ownerId: string): Promise<IdentityRow[]> {
  return read(
    db,
    sql<IdentityRow>`
      SELECT ${identityColumns} FROM identities AS i WHERE i.user_id = ${ownerId}
      ORDER BY i.created_at LIMIT ${MOST_IDENTITIES}::int`,
  );
}
