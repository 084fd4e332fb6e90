/** Rows as CSV (RFC 4180). Pure. */

type Cell = string | number | null;

/** A table with a header line, lines ended by CR LF. */
export function toCsv<Name extends string>(
  columns: readonly Name[],
  rows: readonly Record<Name, Cell>[],
): string {
  const lines = [columns, ...rows.map((row) => columns.map((name) => row[name]))];
  return lines.map((line) => `${line.map(toField).join(",")}\r\n`).join("");
}

/** Text that a spreadsheet would run as a formula begins with an apostrophe, which shows it as text. */
function toField(cell: Cell): string {
  if (typeof cell !== "string") return cell === null ? "" : String(cell);
  const text = /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell;
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
