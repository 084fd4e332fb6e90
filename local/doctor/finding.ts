/** What the doctor says about one part of a configuration. */

/** `broken` is a part that the product needs; `doubtful` one that works less, or that could not be checked. */
type State = "ok" | "doubtful" | "broken" | "off";

export type Finding = {
  part: string;
  state: State;
  /** One sentence, without any value of the configuration that is secret. */
  says: string;
  /** How to mend it. */
  mend?: string;
};

const MARKS: Record<State, string> = { ok: "ok", doubtful: "check", broken: "BROKEN", off: "off" };

export const ok = (part: string, says: string): Finding => ({ part, state: "ok", says });
export const off = (part: string, says: string): Finding => ({ part, state: "off", says });
export const doubtful = (part: string, says: string, mend: string): Finding => ({
  part,
  state: "doubtful",
  says,
  mend,
});
export const broken = (part: string, says: string, mend: string): Finding => ({
  part,
  state: "broken",
  says,
  mend,
});

export const isBroken = ({ state }: Finding) => state === "broken";

/** One line per finding, and one more for how to mend it. */
export function render(findings: readonly Finding[]): string {
  const width = Math.max(...findings.map(({ part }) => part.length));
  const lines = findings.flatMap(({ part, state, says, mend }) => {
    const line = `${MARKS[state].padEnd(6)}  ${part.padEnd(width)}  ${says}`;
    return mend === undefined ? [line] : [line, `${" ".repeat(8 + width)}  → ${mend}`];
  });
  return lines.join("\n");
}
