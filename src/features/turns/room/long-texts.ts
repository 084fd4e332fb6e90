/** Texts of a room that may be too long for one row of its SQLite. */
import { divideText } from "../../../lib/text.ts";

/** Whose text it is: a turn's record, or the events of a chunk, by the id of its first. */
type Of = "record" | number;

export const LONG_TEXTS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS text_parts (
    answer_id TEXT NOT NULL,
    of INTEGER NOT NULL,
    part INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (answer_id, of, part)
  );`;

/** UTF-16 units in one row, which takes 2 MB: a unit is at most three bytes of UTF-8. */
const LONGEST_PART = 500_000;

/** What goes beyond the first part of a text: that one is in the row that the text is of. */
export class LongTexts {
  readonly #sql: SqlStorage;

  constructor(sql: SqlStorage) {
    this.#sql = sql;
  }

  /** Stores all parts but the first, which it returns. */
  storeRest(answerId: string, of: Of, text: string): string {
    if (text.length <= LONGEST_PART) return text;
    const [first = "", ...rest] = divideText(text, LONGEST_PART);
    const insert = "INSERT INTO text_parts (answer_id, of, part, text) VALUES (?, ?, ?, ?)";
    rest.forEach((part, index) => this.#sql.exec(insert, answerId, keyOf(of), index, part));
    return first;
  }

  /** The whole text, of which this is the first part. */
  readWhole(answerId: string, of: Of, first: string): string {
    // Most are short: nobody pays for the few that are not. A part may leave out half of a pair at its end.
    if (first.length < LONGEST_PART - 1) return first;
    const query = "SELECT text FROM text_parts WHERE answer_id = ? AND of = ? ORDER BY part";
    const rows = this.#sql.exec<{ text: string }>(query, answerId, keyOf(of)).toArray();
    return first + rows.map(({ text }) => text).join("");
  }

  remove(answerId: string): void {
    this.#sql.exec("DELETE FROM text_parts WHERE answer_id = ?", answerId);
  }
}

/** Ids of events begin with 1. */
function keyOf(of: Of): number {
  return of === "record" ? 0 : of;
}
