/** A change of one chat: guarded by its version, and by the turn that may be running in it. */
import { sql, type SQL } from "drizzle-orm";
import { batch, type Db, readOne } from "../../db/client.ts";
import { latestSql } from "../../db/times.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { toWatchedChat, type WatchedChat, watchedColumns, type WatchedRow } from "./announce.ts";
import { chatColumns, type ChatRow } from "./queries.ts";

/** What is absent stays as it is. */
export type Change = {
  title?: string | null | undefined;
  pinned?: boolean | null | undefined;
  archived?: boolean | null | undefined;
  current_message_id?: string | null | undefined;
};

export type Condition = {
  /** The versions that may be changed; undefined for any. */
  versions: readonly number[] | undefined;
  /** ISO 8601. */
  at: string;
};

/**
 * Changes the chat, and returns it as it is then. A title given by hand ends the automatic one.
 * Throws `not_found`, `precondition_failed`, a 422 for a message that is not of the chat, or
 * `turn_in_progress`.
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
  if (changed.wasRepeated && wasDone(state, change, condition)) {
    return { row: state.chat, isWatched: true };
  }
  throw refusal(state, change, condition);
}

/** Locks the row whose rules the statements after it in the batch rely on. */
export function lockChat(ownerId: string, chatId: string): SQL {
  return sql`SELECT id FROM chats WHERE id = ${chatId} AND user_id = ${ownerId} FOR UPDATE`;
}

/** The version moves only when something changes, so that a repetition is none. */
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
  const current = change.current_message_id ? sql`leaf.id` : sql`c.current_message_id`;
  return sql<WatchedRow>`
    ${withLeaf(chatId, change.current_message_id)}
    UPDATE chats AS c
    SET title = ${title}, auto_title = ${autoTitle}, pinned = ${pinned}, archived = ${archived},
      current_message_id = ${current},
      title_reasoning = CASE WHEN c.title = ${title} THEN c.title_reasoning END,
      updated_at = CASE WHEN c.title <> ${title} THEN ${latestSql("c.updated_at", condition.at)} ELSE c.updated_at END,
      version = c.version + CASE
        WHEN (c.title, c.auto_title, c.pinned, c.archived, c.current_message_id)
          IS DISTINCT FROM (${title}, ${autoTitle}, ${pinned}, ${archived}, ${current}) THEN 1 ELSE 0 END
    ${change.current_message_id ? sql`FROM leaf` : sql``}
    WHERE c.id = ${chatId} AND c.user_id = ${ownerId} AND ${versionIn(condition)}
      AND ${change.current_message_id ? isQuiet : sql`true`}
    RETURNING ${watchedColumns}`;
}

/** No message of the chat is being written. Holds because every turn begins with the same lock. */
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

/** The newest of the messages below the wanted one that nothing was said after, itself included. */
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

export type ChatState = {
  chat: ChatRow;
  /** The answer that is being written. */
  streamingId: string | null;
  /** Whether the message that was asked about is one of the chat. */
  isKnown: boolean;
  /** Whether the active path is where going to that message leads; true where none was asked about. */
  isCurrent: boolean;
};

type StateRow = ChatRow & {
  streaming_id: string | null;
  is_known: boolean;
  is_current: boolean;
};

/** What a guarded write that changed nothing may have met. Throws `not_found`. */
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

/** A turn is running; which one, unless it has just ended. */
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
  const detail = "The chat has no such message.";
  return invalidField("/current_message_id", "unknown_message", detail);
}

/** True when the first call, whose response was lost, must be what moved the version on. */
function wasDone({ chat, isCurrent }: ChatState, change: Change, { versions }: Condition): boolean {
  const moved = versions?.includes(chat.version - 1) ?? false;
  const keys = ["title", "pinned", "archived"] as const;
  return moved && isCurrent && keys.every((key) => (change[key] ?? chat[key]) === chat[key]);
}
