/** Inserts converted rows. What Postgres refuses is left out alone. */
import { type SQL } from "drizzle-orm";
import { type Db, read } from "../../src/db/client.ts";
import { describeDbError, refusesContent } from "../../src/db/errors.ts";
import type { Tally } from "./tally.ts";

/** A row of the new database. `notes`: what was changed in it. */
export type NewRow = { id: string; old_id: string; notes: string[] };

/** Of each row that is there now: whether this statement inserted it. */
export type Inserted = { id: string; is_new: boolean };

type Insertion<Row extends NewRow> = {
  /** The statement for some rows, which come as one JSON parameter. */
  statement: (json: string) => SQL<Inserted>;
  /** Why a row is neither inserted nor there. */
  otherwise: string;
  tally: Tally;
  rows: readonly Row[];
};

/** Returns the rows that were inserted now. May be repeated. */
export async function insertRows<Row extends NewRow>(
  db: Db,
  insertion: Insertion<Row>,
): Promise<Row[]> {
  const { rows, statement, tally } = insertion;
  const [first] = rows;
  if (!first) return [];
  try {
    return settle(insertion, await read(db, statement(JSON.stringify(rows))));
  } catch (error) {
    if (!refusesContent(error)) throw error;
    if (rows.length === 1) {
      tally.leaveOut(`Postgres refused it (${describeDbError(error)?.code})`, first.old_id);
      return [];
    }
  }
  const middle = Math.ceil(rows.length / 2);
  return [
    ...(await insertRows(db, { ...insertion, rows: rows.slice(0, middle) })),
    ...(await insertRows(db, { ...insertion, rows: rows.slice(middle) })),
  ];
}

function settle<Row extends NewRow>(
  { rows, tally, otherwise }: Insertion<Row>,
  found: readonly Inserted[],
): Row[] {
  const isNew = new Map(found.map((row) => [row.id, row.is_new]));
  return rows.filter((row) => {
    const outcome = isNew.get(row.id);
    if (outcome === undefined) tally.leaveOut(otherwise, row.old_id);
    else if (outcome) tally.addImported(row);
    else tally.present += 1;
    return outcome === true;
  });
}
