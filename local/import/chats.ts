/** Imports chats, without their messages. */
import { sql } from "drizzle-orm";
import type { Db } from "../../src/db/client.ts";
import { DEFAULT_TITLE } from "../../src/features/chats/schemas.ts";
import { toNewId } from "./ids.ts";
import { type Inserted, insertRows } from "./insert.ts";
import { type OldRow, readTable, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";
import { cutTo } from "./text.ts";

const COLUMNS = ["id", "user_id", "title", "created_at", "updated_at"] as const;

const LONGEST_TITLE = 200;

export async function importChats(source: Source, db: Db, tally: Tally, now: string) {
  for await (const portion of readTable(source, {
    table: "chats",
    columns: COLUMNS,
    orderBy: "t.id",
  })) {
    tally.seen += portion.length;
    const rows = portion.map((row) => toChat(row, now));
    await insertRows(db, { rows, tally, statement, otherwise: "its user was not imported" });
  }
}

function toChat(row: OldRow<(typeof COLUMNS)[number]>, now: string) {
  const old_id = row.id ?? "";
  const notes: string[] = [];
  const title = row.title?.trim() || DEFAULT_TITLE;
  const created_at = row.created_at ?? row.updated_at ?? now;
  return {
    id: toNewId("chats", old_id),
    old_id,
    notes,
    user_id: toNewId("users", row.user_id ?? ""),
    title: cutTo(title, LONGEST_TITLE, () => notes.push("the title was cut")),
    // A chat that has a title keeps it.
    auto_title: title === DEFAULT_TITLE,
    created_at,
    updated_at: row.updated_at ?? created_at,
  };
}

const statement = (json: string) => sql<Inserted>`
  WITH given AS (
    SELECT * FROM json_to_recordset(${json}::json) AS r (id uuid, user_id uuid, title text, auto_title boolean,
      created_at timestamptz, updated_at timestamptz)
  ), inserted AS (
    INSERT INTO chats (id, user_id, title, auto_title, created_at, updated_at)
    SELECT g.id, u.id, g.title, g.auto_title, g.created_at, g.updated_at FROM given AS g JOIN users AS u ON u.id = g.user_id
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, true AS is_new FROM inserted
  UNION ALL SELECT c.id, false FROM chats AS c JOIN given USING (id)`;
