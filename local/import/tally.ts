/** What became of the rows of one table. */

type Found = { count: number; example: string };

export class Tally {
  imported = 0;
  /** Imported by an earlier run. */
  present = 0;
  /** Read from the older database. */
  seen = 0;
  /** By reason. */
  readonly leftOut = new Map<string, Found>();
  /** Of imported rows, by what was changed in them. */
  readonly changed = new Map<string, Found>();

  /** Returns undefined, as what a left out row becomes. */
  leaveOut(reason: string, id: string): undefined {
    count(this.leftOut, reason, id);
  }

  addImported({ old_id: id, notes }: { old_id: string; notes: string[] }): void {
    this.imported += 1;
    for (const note of notes) count(this.changed, note, id);
  }
}

function count(found: Map<string, Found>, what: string, example: string): void {
  const known = found.get(what);
  if (known) known.count += 1;
  else found.set(what, { count: 1, example });
}

/** The report of a table, in lines. */
export function describeTally(table: string, tally: Tally): string {
  const leftOut = [...tally.leftOut.values()].reduce((sum, { count }) => sum + count, 0);
  const head = `${table}: ${tally.imported} imported, ${tally.present} imported before, ${leftOut} left out`;
  return [head, ...lines(tally.leftOut, "left out"), ...lines(tally.changed, "changed")].join("\n");
}

function lines(found: Map<string, Found>, what: string): string[] {
  return [...found].map(
    ([reason, { count, example }]) => `  ${what}: ${count} × ${reason} (such as id ${example})`,
  );
}
