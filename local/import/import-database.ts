/** Imports the database of this system's older version. Safe to repeat: a second run adds only what is new. */
import type { Db } from "../../src/db/client.ts";
import { importChats } from "./chats.ts";
import { importFiles } from "./files.ts";
import { importMessages } from "./messages.ts";
import { countRows, onSnapshot, type Source } from "./source.ts";
import { describeTally, Tally } from "./tally.ts";
import { importUsers } from "./users.ts";

/** In the order of their references. */
const TABLES = {
  users: importUsers,
  chats: importChats,
  messages: importMessages,
  files: importFiles,
};

export type Table = keyof typeof TABLES;

export type ImportReport = Partial<Record<Table, Tally>>;

/** Called as a table is read: rows so far, of all. */
export type Progress = (table: Table, seen: number, total: number) => void;

/** A table that the older database does not have is skipped. */
export async function importDatabase(
  source: Source,
  db: Db,
  onProgress: Progress = () => undefined,
): Promise<ImportReport> {
  const now = new Date().toISOString();
  const report: ImportReport = {};
  await onSnapshot(source, async () => {
    for (const table of Object.keys(TABLES) as Table[]) {
      const total = await countRows(source, table);
      if (total === undefined) continue;
      const tally = new Tally();
      report[table] = tally;
      const watched = watch(tally, (seen) => onProgress(table, seen, total));
      await TABLES[table](source, db, watched, now);
    }
  });
  return report;
}

/** The tally, which reports each growth of `seen`. */
function watch(tally: Tally, onSeen: (seen: number) => void): Tally {
  return new Proxy(tally, {
    set(target, name, value) {
      if (name === "seen") onSeen(value);
      return Reflect.set(target, name, value);
    },
  });
}

/** The report in lines. */
export function describeReport(report: ImportReport): string {
  const lines = Object.entries(report).map(([table, tally]) => describeTally(table, tally));
  return [
    ...lines,
    "Sessions, and the sockets of chat_sessions, are not imported: everybody signs in again.",
  ].join("\n");
}
