/** Writes superscripts and subscripts as text: 10⁶ must not become 106. */

const RAISED = mapOf("0123456789+-=()in", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁼⁽⁾ⁱⁿ", { "−": "⁻", "–": "⁻" });
const LOWERED = mapOf("0123456789+-=()", "₀₁₂₃₄₅₆₇₈₉₊₋₌₍₎", { "−": "₋", "–": "₋" });

/** Endings of ordinal numbers and abbreviations, which do not change the number before them. */
const ENDING = /^(?:st|nd|rd|th|er|re|e|ère|ème|o|a|º|ª|os|as|°|\p{L}{3,})\.?$/iu;

/** Superscript text after other text: in Unicode superscripts if every character has one. */
export function raised(text: string, before: string): string {
  return shifted(text, before, { characters: RAISED, sign: "^" });
}

/** Subscript text after other text, in the same way. */
export function lowered(text: string, before: string): string {
  return shifted(text, before, { characters: LOWERED, sign: "_" });
}

type Shift = { characters: ReadonlyMap<string, string>; sign: string };

/** Without such characters, text that would read as part of a number is written after a sign. */
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
