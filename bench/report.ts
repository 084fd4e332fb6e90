/** The figures of a run as one table; the only file here that writes to the console. */

/** A figure of ours, and what it is compared with in the same unit. */
export type Line = {
  what: string;
  ours: number;
  beside: number;
  /** What `beside` is of. */
  of: string;
  /** Shown instead of the ratio where the other may be near zero. */
  asDifference?: true;
  /** Limits of ours as a multiple of the other, or as a difference. */
  atLeast?: number;
  atMost?: number;
  atMostMore?: number;
};

export function say(text: string): void {
  console.log(text);
}

/** What is being measured, beside the table. */
export function sayProgress(text: string): void {
  console.error(text);
}

/** Markdown, to be pasted into docs/benchmarks.md. */
export function printTable(lines: readonly Line[]): void {
  say("| | ours | compared with | ratio or difference | target |");
  say("|---|---|---|---|---|");
  for (const line of lines) {
    const { what, ours, beside, of } = line;
    const cells = [what, show(ours), `${show(beside)}, ${of}`, compare(line), targetOf(line)];
    say(`| ${cells.join(" | ")} |`);
  }
}

function compare({ ours, beside, asDifference }: Line): string {
  if (!asDifference) return (ours / beside).toFixed(2);
  return `${ours < beside ? "" : "+"}${show(ours - beside)}`;
}

function show(value: number): string {
  return value.toFixed(value < 100 ? 1 : 0);
}

/** What is promised, and whether this run misses it. */
function targetOf({ ours, beside, atLeast, atMost, atMostMore }: Line): string {
  const texts = [
    atLeast !== undefined && missed(`${atLeast} at least`, ours / beside >= atLeast),
    atMost !== undefined && missed(`${atMost} at most`, ours / beside <= atMost),
    atMostMore !== undefined && missed(`${atMostMore} more at most`, ours - beside <= atMostMore),
  ];
  return texts.filter((text) => text !== false).join(", ");
}

function missed(text: string, isMet: boolean): string {
  return isMet ? text : `${text}: **missed**`;
}
