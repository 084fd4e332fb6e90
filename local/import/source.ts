/** Reads the older database: one snapshot, in portions, whatever columns its version has. */
import type pg from "pg";

/** A connection of its own. */
export type Source = Pick<pg.ClientBase, "query">;

/** Values as text; null where the row or the column is missing. */
export type OldRow<Column extends string> = Record<Column, string | null>;

/** A message may be long. */
const ROWS_AT_ONCE = 200;

/** Runs the work on a snapshot, which nobody else's writes change. */
export async function onSnapshot<T>(source: Source, work: () => Promise<T>): Promise<T> {
  await source.query("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
  try {
    // So that a time without a zone is shown as it was stored, in UTC.
    await source.query("SET LOCAL TimeZone = 'UTC'");
    return await work();
  } finally {
    await source.query("ROLLBACK");
  }
}

/** Undefined where the older database has no such table. */
export async function countRows(source: Source, table: string): Promise<number | undefined> {
  if ((await typesOf(source, table)).size === 0) return undefined;
  const { rows } = await source.query(`SELECT count(*)::int AS count FROM ${table}`);
  return Number(rows[0].count);
}

type Reading<Column extends string> = {
  table: string;
  columns: readonly Column[];
  /** SQL; the table is `t`. */
  from?: string;
  /** Further columns, as SQL. */
  more?: string;
  orderBy: string;
};

/** Yields the rows in portions. */
export async function* readTable<Column extends string>(
  source: Source,
  { table, columns, from = `${table} AS t`, more = "", orderBy }: Reading<Column>,
): AsyncGenerator<OldRow<Column>[]> {
  const types = await typesOf(source, table);
  const list = columns.map((column) => `${toText(column, types.get(column))} AS ${column}`);
  const cursor = `import_${table}`;
  const select = `SELECT ${list.join(", ")}${more} FROM ${from} ORDER BY ${orderBy}`;
  await source.query(`DECLARE ${cursor} NO SCROLL CURSOR FOR ${select}`);
  for (;;) {
    const { rows } = await source.query(`FETCH FORWARD ${ROWS_AT_ONCE} FROM ${cursor}`);
    if (rows.length === 0) break;
    yield rows;
  }
  await source.query(`CLOSE ${cursor}`);
}

async function typesOf(source: Source, table: string): Promise<Map<string, string>> {
  const { rows } = await source.query(
    `SELECT column_name, data_type FROM information_schema.columns
     WHERE table_name = $1 AND table_schema = ANY (current_schemas(false))`,
    [table],
  );
  return new Map(rows.map((row) => [row.column_name, row.data_type]));
}

/** Times in ISO 8601: those without a zone are UTC, and those that it cannot write are left out. */
function toText(column: string, type: string | undefined): string {
  if (type === undefined) return "NULL::text";
  if (!type.startsWith("timestamp")) return `t.${column}::text`;
  const isWritten = `t.${column} >= '0001-01-01' AND t.${column} < '10000-01-01'`;
  return `CASE WHEN ${isWritten} THEN to_char(t.${column}, 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') END`;
}
