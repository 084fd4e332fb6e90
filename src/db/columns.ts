/**
 * Column lists and row types for raw SQL, derived from the schema: renaming a column fails to compile
 * wherever raw SQL lists it.
 */
import { getTableColumns, sql, type SQL } from "drizzle-orm";
import type { PgColumn, PgTable } from "drizzle-orm/pg-core";

/** Postgres types that the driver returns as text in raw SQL: times, numeric, int8. */
type TextColumn = "PgTimestamp" | "PgNumeric" | "PgBigInt53";

type RawValue<C extends PgColumn> = C["_"]["columnType"] extends TextColumn
  ? string
  : C["_"]["data"];

type Nullable<C extends PgColumn> = C["_"]["notNull"] extends true
  ? RawValue<C>
  : RawValue<C> | null;

type ColumnsOf<T extends PgTable> = T["_"]["columns"];

type KeyOf<T extends PgTable> = keyof ColumnsOf<T> & string;

/** A row of some columns as raw SQL returns it: snake_case names, times and int8 as text. */
export type RowOf<T extends PgTable, Key extends KeyOf<T> = KeyOf<T>> = {
  [K in Key as ColumnsOf<T>[K]["_"]["name"]]: Nullable<ColumnsOf<T>[K]>;
};

/** A list of columns for SELECT or RETURNING, typed by its rows. */
type ColumnList<Row> = SQL<Row>;

/** The type of the rows of a column list. */
export type RowOfList<List> = List extends ColumnList<infer Row> ? Row : never;

/** Columns of a table, qualified by its alias in the statement. */
export function columnsSql<T extends PgTable, const Keys extends readonly KeyOf<T>[]>(
  table: T,
  alias: string,
  keys: Keys,
): ColumnList<RowOf<T, Keys[number]>> {
  const columns: Record<string, PgColumn> = getTableColumns(table);
  const names = keys.map((key) => `${alias}.${nameOf(columns, key)}`);
  return sql.raw(names.join(", ")) as ColumnList<RowOf<T, Keys[number]>>;
}

function nameOf(columns: Record<string, PgColumn>, key: string): string {
  const column = columns[key];
  if (!column) throw new TypeError(`The table has no column ${key}.`);
  return column.name;
}
