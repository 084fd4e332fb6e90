/** Imports messages: the flat list of a chat, by time, becomes its path from the root to the current message. */
import { sql } from "drizzle-orm";
import { type Db, write } from "../../src/db/client.ts";
import { RESERVED_KEYS } from "../../src/features/messages/schemas.ts";
import { utf8Length } from "../../src/lib/bytes.ts";
import { toNewId } from "./ids.ts";
import { type Inserted, insertRows, type NewRow } from "./insert.ts";
import { type OldRow, readTable, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";
import { cutTo, toStorableJson } from "./text.ts";

const COLUMNS = [
  "id",
  "chat_id",
  "type",
  "content",
  "file_name",
  "file_url",
  "metadata",
  "created_at",
] as const;

type OldMessage = OldRow<(typeof COLUMNS)[number] | "owner">;

type NewMessage = NewRow & {
  chat_id: string;
  user_id: string;
  parent_id: string | null;
  type: "user" | "bot";
  content: string;
  file_name: string | null;
  file_url: string | null;
  metadata: unknown;
  created_at: string;
};

const LONGEST_FILE_NAME = 255;
const LONGEST_URL = 2_048;
const LARGEST_METADATA_BYTES = 16 * 1024;

/** Rows of one transaction have one time: the user message comes before its answer. */
const ORDER = "t.chat_id, t.created_at NULLS FIRST, (lower(t.type::text) = 'user') DESC, t.id";

export async function importMessages(source: Source, db: Db, tally: Tally, now: string) {
  let last: NewMessage | undefined;
  for await (const portion of readTable<(typeof COLUMNS)[number] | "owner">(source, {
    table: "messages",
    columns: COLUMNS,
    more: ", c.user_id::text AS owner",
    from: "messages AS t LEFT JOIN chats AS c ON c.id = t.chat_id",
    orderBy: ORDER,
  })) {
    tally.seen += portion.length;
    const rows: NewMessage[] = [];
    for (const row of portion) {
      const message = toMessage(row, tally, now);
      if (!message) continue;
      message.parent_id = last?.chat_id === message.chat_id ? last.id : null;
      rows.push(message);
      last = message;
    }
    const inserted = await insertRows(db, {
      rows,
      tally,
      statement,
      otherwise: "its chat was not imported",
    });
    await extendChats(db, inserted);
  }
}

const TYPES: Record<string, NewMessage["type"] | undefined> = {
  user: "user",
  human: "user",
  bot: "bot",
  assistant: "bot",
  ai: "bot",
};

function toMessage(row: OldMessage, tally: Tally, now: string): NewMessage | undefined {
  const old_id = row.id ?? "";
  const type = TYPES[row.type?.toLowerCase() ?? ""];
  if (!type) return tally.leaveOut(`its type is ${row.type ?? "missing"}`, old_id);
  if (!row.content) return tally.leaveOut("it is empty", old_id);
  if (row.owner === null) return tally.leaveOut("its chat does not exist", old_id);
  const { file_name } = row;
  const notes: string[] = [];
  return {
    id: toNewId("messages", old_id),
    old_id,
    notes,
    chat_id: toNewId("chats", row.chat_id ?? ""),
    user_id: toNewId("users", row.owner),
    parent_id: null,
    type,
    content: row.content,
    file_name:
      file_name && cutTo(file_name, LONGEST_FILE_NAME, () => notes.push("the file name was cut")),
    file_url: toFileUrl(row.file_url, notes),
    metadata: toMetadata(row.metadata, notes),
    created_at: row.created_at ?? now,
  };
}

function toFileUrl(url: string | null, notes: string[]): string | null {
  if (!url) return null;
  const fileId = /^\/files\/([^/?#]{1,200})/.exec(url)?.[1];
  if (fileId !== undefined) return `/files/${toNewId("files", fileId)}/content`;
  if (/^https?:\/\//i.test(url) && url.length <= LONGEST_URL) return url;
  notes.push("the URL of its file was dropped");
  return null;
}

function isReserved([key]: [string, unknown]): boolean {
  return RESERVED_KEYS.includes(key) || key === "timings";
}

/** What the server writes itself has another shape here: it is kept beside it, in `older`. */
function toMetadata(text: string | null, notes: string[]): unknown {
  const parsed = text === null ? {} : toStorableJson(parse(text));
  if (typeof parsed !== "object" || parsed === null || Array.isArray(parsed)) return {};
  const entries = Object.entries(parsed);
  const older = Object.fromEntries(entries.filter(isReserved));
  const kept = Object.fromEntries(entries.filter((entry) => !isReserved(entry)));
  const metadata = Object.keys(older).length > 0 ? { ...kept, older } : kept;
  if (utf8Length(JSON.stringify(metadata)) <= LARGEST_METADATA_BYTES) return metadata;
  notes.push("the metadata was dropped: it has more than 16 KiB");
  return {};
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a chat of that owner alone: an id says nothing about who may write there. */
const statement = (json: string) => sql<Inserted>`
  WITH given AS (
    SELECT r.* FROM json_to_recordset(${json}::json) AS r (id uuid, chat_id uuid, user_id uuid, parent_id uuid, type text,
      content text, file_name text, file_url text, metadata jsonb, created_at timestamptz)
    JOIN chats AS c ON c.id = r.chat_id AND c.user_id = r.user_id
  ), inserted AS (
    INSERT INTO messages (id, chat_id, parent_id, type, content, status, file_name, file_url, metadata, created_at)
    SELECT id, chat_id, parent_id, type, content, 'complete', file_name, file_url, metadata, created_at FROM given
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, true AS is_new FROM inserted
  UNION ALL SELECT m.id, false FROM messages AS m JOIN given ON given.id = m.id AND given.chat_id = m.chat_id`;

/** Moves the current message of each chat to its last new one, unless the chat has gone on elsewhere since. */
async function extendChats(db: Db, inserted: readonly NewMessage[]): Promise<void> {
  if (inserted.length === 0) return;
  const chats = Map.groupBy(inserted, ({ chat_id }) => chat_id);
  const extensions = [...chats].map(([id, rows]) => ({
    id,
    after: rows[0]?.parent_id ?? null,
    last: rows.at(-1)?.id,
    at: rows.at(-1)?.created_at,
  }));
  await write(
    db,
    sql`
      UPDATE chats AS c SET version = c.version + 1, updated_at = greatest(c.updated_at, r.at),
        message_count = (SELECT count(*) FROM messages AS m WHERE m.chat_id = c.id),
        current_message_id = CASE WHEN c.current_message_id IS NOT DISTINCT FROM r.after THEN r.last
          ELSE c.current_message_id END
      FROM json_to_recordset(${JSON.stringify(extensions)}::json) AS r (id uuid, after uuid, last uuid, at timestamptz)
      WHERE c.id = r.id`,
  );
}
