/** Imports accounts, with their bcrypt hashes: users sign in with their old passwords. */
import { sql } from "drizzle-orm";
import type { Db } from "../../src/db/client.ts";
import { parseEmail, toEmailKey } from "../../src/features/auth/email.ts";
import { isBcrypt } from "../../src/features/auth/passwords/bcrypt.ts";
import { toNewId } from "./ids.ts";
import { type Inserted, insertRows } from "./insert.ts";
import { type OldRow, readTable, type Source } from "./source.ts";
import type { Tally } from "./tally.ts";
import { cutTo } from "./text.ts";

const COLUMNS = [
  "id",
  "name",
  "email",
  "hashed_password",
  "is_active",
  "created_at",
  "updated_at",
] as const;

const LONGEST_NAME = 200;

/** Of two accounts with one address, the older one is imported. */
export async function importUsers(source: Source, db: Db, tally: Tally, now: string) {
  const reading = { table: "users", columns: COLUMNS, orderBy: "t.created_at NULLS LAST, t.id" };
  for await (const portion of readTable(source, reading)) {
    tally.seen += portion.length;
    const rows = portion.flatMap((row) => toUser(row, tally, now) ?? []);
    await insertRows(db, { rows, tally, statement, otherwise: "another account has this address" });
  }
}

function toUser(row: OldRow<(typeof COLUMNS)[number]>, tally: Tally, now: string) {
  const old_id = row.id ?? "";
  const email = row.email?.trim() ?? "";
  if (email === "") return tally.leaveOut("it has no e-mail address", old_id);
  const notes: string[] = [];
  const address = parseEmail(email);
  if (!address) notes.push("the e-mail address is not valid; it was kept");
  const hash = row.hashed_password ?? "";
  const isKnown = isBcrypt(hash);
  if (!isKnown) notes.push("the password hash is unknown; the password has to be reset");
  const name = row.name?.trim() || email.split("@")[0] || email;
  const created_at = row.created_at ?? row.updated_at ?? now;
  return {
    id: toNewId("users", old_id),
    old_id,
    notes,
    name: cutTo(name, LONGEST_NAME, () => notes.push("the name was cut")),
    email: address?.shown ?? email,
    email_key: toEmailKey(email),
    hashed_password: isKnown ? hash : null,
    is_active: row.is_active !== "false",
    created_at,
    updated_at: row.updated_at ?? created_at,
  };
}

const statement = (json: string) => sql<Inserted>`
  WITH given AS (
    SELECT * FROM json_to_recordset(${json}::json) AS r (id uuid, name text, email text, email_key text,
      hashed_password text, is_active boolean, created_at timestamptz, updated_at timestamptz)
  ), inserted AS (
    INSERT INTO users (id, name, email, email_key, hashed_password, is_active, created_at, updated_at)
    SELECT id, name, email, email_key, hashed_password, is_active, created_at, updated_at FROM given
    ON CONFLICT DO NOTHING RETURNING id
  )
  SELECT id, true AS is_new FROM inserted
  UNION ALL SELECT u.id, false FROM users AS u JOIN given USING (id)`;
