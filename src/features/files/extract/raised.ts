/** Superscripts and subscripts as text: 10⁶ is not 106. */

const RAISED = mapOf("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ", { "−": "⁻", "–": "⁻" });
const LOWERED = mapOf("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", { "−": "₋", "–": "₋" });

/** Endings of ordinal numbers and abbreviations: with them a number is the same. */
const ENDING = /^(?:st|nd|rd|th|er|re|e|ère|ème|o|a|º|ª|os|as|°|\p{L}{3,})\.?$/iu;

/** Text that stands higher, behind other text: in Unicode's superscripts where all of it has one. */
export function raised(text: string, before: string): string {
  return shifted(text, before, { characters: RAISED, sign: "^" });
}

/** Text that stands lower. */
export function lowered(text: string, before: string): string {
  return shifted(text, before, { characters: LOWERED, sign: "_" });
}

type Shift = { characters: ReadonlyMap<string, string>; sign: string };

/** What has no such characters is written behind a sign, where it would be read as part of a number. */
function shifted(text: string, before: string, { characters, sign }: Shift): string {
  const bare = text.trim();
  if (bare === "") return text;
  const written = Array.from(text, (char) => (/\s/.test(char) ? char : characters.get(char)));
  if (written.every((char) => char !== undefined)) return written.join("");
  if (!/\d$/.test(before) || !/^[\p{L}\d(]/u.test(bare) || ENDING.test(bare)) return text;
  return /^[\p{L}\d]$/u.test(bare) ? `${sign}${bare}` : `${sign}(${bare})`;
}

function mapOf(from: string, to: string, others: Record<string, string>): Map<string, string> {
  const shifts = Array.from(to);
  const pairs = Array.from(from, (char, index): [string, string] => [char, shifts[index] ?? char]);
  return new Map([...pairs, ...Object.entries(others)]);
}
