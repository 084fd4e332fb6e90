/** Changes one chat, guarded by its version and by a running turn. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../db/client.ts";
import { latestSql } from "../../db/times.ts";
import { toIso } from "../../lib/clock.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { toWatchedChat, type WatchedChat, watchedColumns, type WatchedRow } from "./announce.ts";
import { chatColumns, type ChatRow } from "./queries.ts";

/** Absent and null fields stay unchanged, except that a null `expires_at` takes the time away. */
export type Change = {
  title?: string | null | undefined;
  pinned?: boolean | null | undefined;
  archived?: boolean | null | undefined;
  current_message_id?: string | null | undefined;
  temporary?: boolean | null | undefined;
  /** ISO 8601. */
  expires_at?: string | null | undefined;
};

type Condition = {
  /** The versions to which the change applies; undefined for any. */
  versions: readonly number[] | undefined;
  /** ISO 8601. */
  at: string;
};

/**
 * Changes the chat and returns its new state. Setting a title turns the automatic title off. Throws
 * `not_found`, `precondition_failed`, a 422 for a message of another chat, or `turn_in_progress`.
 */
export async function changeChat(
  db: Db,
  ownerId: string,
  chatId: string,
  change: Change,
  condition: Condition,
): Promise<WatchedChat> {
  const { changed } = await batch(db, {
    lock: lockChat(ownerId, chatId),
    changed: update(ownerId, chatId, change, condition),
  });
  if (changed.rows[0]) return toWatchedChat(changed.rows[0]);
  const state = await getChatState(db, ownerId, chatId, change.current_message_id);
  if (changed.wasRepeated && wasApplied(state, change, condition)) {
    return { row: state.chat, isWatched: true };
  }
  throw refusal(state, change, condition);
}

/** Locks the chat's row for the following statements of the batch. */
export function lockChat(ownerId: string, chatId: string): SQL {
  return sql`SELECT id FROM chats WHERE id = ${chatId} AND user_id = ${ownerId} FOR UPDATE`;
}

/** Raises the version only if something changes, so that a repeated call changes nothing. */
function update(
  ownerId: string,
  chatId: string,
  change: Change,
  condition: Condition,
): SQL<WatchedRow> {
  const title = sql`coalesce(${change.title ?? null}::text, c.title)`;
  const autoTitle = change.title ? sql`false` : sql`c.auto_title`;
  const pinned = sql`coalesce(${change.pinned ?? null}::boolean, c.pinned)`;
  const archived = sql`coalesce(${change.archived ?? null}::boolean, c.archived)`;
  const temporary = sql`coalesce(${change.temporary ?? null}::boolean, c.temporary)`;
  const { expires_at: time } = change;
  const expires = time === undefined ? sql`c.expires_at` : sql`${time}::timestamptz`;
  const current = change.current_message_id ? sql`leaf.id` : sql`c.current_message_id`;
  return sql<WatchedRow>`
    ${withLeaf(chatId, change.current_message_id)}
    UPDATE chats AS c
    SET title = ${title}, auto_title = ${autoTitle}, pinned = ${pinned}, archived = ${archived},
      current_message_id = ${current}, temporary = ${temporary}, expires_at = ${expires},
      title_reasoning = CASE WHEN c.title = ${title} THEN c.title_reasoning END,
      updated_at = CASE WHEN c.title <> ${title} THEN ${latestSql("c.updated_at", condition.at)} ELSE c.updated_at END,
      version = c.version + CASE
        WHEN (c.title, c.auto_title, c.pinned, c.archived, c.current_message_id, c.temporary, c.expires_at)
          IS DISTINCT FROM
          (${title}, ${autoTitle}, ${pinned}, ${archived}, ${current}, ${temporary}, ${expires}) THEN 1 ELSE 0 END
    ${change.current_message_id ? sql`FROM leaf` : sql``}
    WHERE c.id = ${chatId} AND c.user_id = ${ownerId} AND ${versionIn(condition)}
      AND ${change.current_message_id ? isQuiet : sql`true`}
    RETURNING ${watchedColumns}`;
}

/** SQL condition: no turn runs in the chat. Reliable because every turn begins with the same lock. */
export const isQuiet = sql`
  NOT EXISTS (SELECT FROM messages AS s WHERE s.chat_id = c.id AND s.status = 'streaming')`;

function versionIn({ versions }: Condition): SQL {
  if (!versions) return sql`true`;
  if (versions.length === 0) return sql`false`;
  return sql`c.version IN (${sql.join(
    versions.map((version) => sql`${version}::int`),
    sql`, `,
  )})`;
}

/** The CTE `leaf`: the newest message without replies among the wanted one and its descendants. */
function withLeaf(chatId: string, wanted: string | null | undefined): SQL {
  if (!wanted) return sql``;
  return sql`
    WITH RECURSIVE branch AS (
      SELECT m.id, m.created_at FROM messages AS m WHERE m.chat_id = ${chatId} AND m.id = ${wanted}
      UNION ALL
      SELECT m.id, m.created_at
      FROM branch JOIN messages AS m ON m.chat_id = ${chatId} AND m.parent_id = branch.id
    ), leaf AS (
      SELECT branch.id FROM branch
      WHERE NOT EXISTS (
        SELECT FROM messages AS child WHERE child.chat_id = ${chatId} AND child.parent_id = branch.id
      )
      ORDER BY branch.created_at DESC, branch.id DESC LIMIT 1
    )`;
}

type ChatState = {
  chat: ChatRow;
  /** The answer that is streaming. */
  streamingId: string | null;
  /** Whether the given message belongs to the chat. */
  isKnown: boolean;
  /** Whether the active path already leads to that message; true without a given message. */
  isCurrent: boolean;
};

type StateRow = ChatRow & {
  streaming_id: string | null;
  is_known: boolean;
  is_current: boolean;
};

/** The state that explains why a guarded write changed nothing. Throws `not_found`. */
export async function getChatState(
  db: Db,
  ownerId: string,
  chatId: string,
  messageId: string | null = null,
): Promise<ChatState> {
  const found = await readOne(
    db,
    sql<StateRow>`
      ${withLeaf(chatId, messageId)}
      SELECT ${chatColumns},
        (SELECT s.id FROM messages AS s WHERE s.chat_id = c.id AND s.status = 'streaming') AS streaming_id,
        EXISTS (SELECT FROM messages AS m WHERE m.chat_id = c.id AND m.id = ${messageId}::uuid) AS is_known,
        ${messageId ? sql`EXISTS (SELECT FROM leaf WHERE leaf.id = c.current_message_id)` : sql`true`} AS is_current
      FROM chats AS c WHERE c.id = ${chatId} AND c.user_id = ${ownerId}`,
  );
  if (!found) throw new Problem("not_found");
  const { streaming_id: streamingId, is_known: isKnown, is_current: isCurrent, ...chat } = found;
  return { chat, streamingId, isKnown, isCurrent };
}

/** `turn_in_progress` with the id of the running answer, unless it has just ended. */
export function turnInProgress({ streamingId }: ChatState): Problem {
  return new Problem(
    "turn_in_progress",
    streamingId ? { members: { message_id: streamingId } } : {},
  );
}

function refusal(state: ChatState, change: Change, { versions }: Condition): Problem {
  if (versions && !versions.includes(state.chat.version)) return new Problem("precondition_failed");
  if (!change.current_message_id) return new Problem("precondition_failed");
  if (state.isKnown) return turnInProgress(state);
  const detail = "The chat has no message with this id.";
  return invalidField("/current_message_id", "unknown_message", detail);
}

/** True when the first call, whose response was lost, must have made the change. */
function wasApplied(
  { chat, isCurrent }: ChatState,
  change: Change,
  { versions }: Condition,
): boolean {
  const moved = versions?.includes(chat.version - 1) ?? false;
  const keys = ["title", "pinned", "archived", "temporary"] as const;
  const isSame = keys.every((key) => (change[key] ?? chat[key]) === chat[key]);
  return moved && isCurrent && isSame && hasTime(chat, change);
}

function hasTime({ expires_at: stored }: ChatRow, { expires_at: wanted }: Change): boolean {
  if (wanted === undefined) return true;
  return (stored && toIso(stored)) === (wanted && toIso(wanted));
}
