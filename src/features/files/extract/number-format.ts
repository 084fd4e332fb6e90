/** Numbers of lists as people write them. */

const ROMAN = [
  ["m", 1000],
  ["cm", 900],
  ["d", 500],
  ["cd", 400],
  ["c", 100],
  ["xc", 90],
  ["l", 50],
  ["xl", 40],
  ["x", 10],
  ["ix", 9],
  ["v", 5],
  ["iv", 4],
  ["i", 1],
] as const;

/** Larger numbers are written in digits in every format. */
const LARGEST = 4_000;

/** A number in one of Word's formats; digits where the format is another. */
export function formatNumber(number: number, format: string): string {
  if (format === "none") return "";
  if (number < 1 || number > LARGEST) return String(number);
  switch (format) {
    case "lowerRoman":
      return roman(number);
    case "upperRoman":
      return roman(number).toUpperCase();
    case "lowerLetter":
      return letters(number);
    case "upperLetter":
      return letters(number).toUpperCase();
    case "decimalZero":
      return String(number).padStart(2, "0");
    default:
      return String(number);
  }
}

function roman(number: number): string {
  let rest = number;
  let text = "";
  for (const [letter, value] of ROMAN) {
    for (; rest >= value; rest -= value) text += letter;
  }
  return text;
}

/** After z come aa, bb and cc. */
function letters(number: number): string {
  const letter = String.fromCharCode(0x61 + ((number - 1) % 26));
  return letter.repeat(Math.ceil(number / 26));
}
