/** Formats numbers from 1 to 9,999 as English words and ordinals, as Word does. */

const SMALL =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");

const IRREGULAR: Record<string, string> = {
  one: "first",
  two: "second",
  three: "third",
  five: "fifth",
  eight: "eighth",
  nine: "ninth",
  twelve: "twelfth",
};

/** Formats an ordinal, such as `21st`. */
export function toOrdinal(number: number): string {
  const isTeen = number % 100 > 10 && number % 100 < 20;
  const suffix = isTeen ? undefined : ["", "st", "nd", "rd"][number % 10];
  return `${number}${suffix || "th"}`;
}

/** Formats a number as words, such as `Twenty-one`. */
export function toCardinal(number: number): string {
  return capitalised(cardinal(number));
}

/** Formats an ordinal as words, such as `Twenty-first`. */
export function toOrdinalWords(number: number): string {
  const words = cardinal(number);
  const at = Math.max(words.lastIndexOf(" "), words.lastIndexOf("-")) + 1;
  const [before, last] = [words.slice(0, at), words.slice(at)];
  const regular = last.endsWith("y") ? `${last.slice(0, -1)}ieth` : `${last}th`;
  return capitalised(before + (IRREGULAR[last] ?? regular));
}

function cardinal(number: number): string {
  const [thousands, hundreds] = [Math.floor(number / 1000), Math.floor(number / 100) % 10];
  return [
    thousands > 0 ? `${SMALL[thousands]} thousand` : "",
    hundreds > 0 ? `${SMALL[hundreds]} hundred` : "",
    belowHundred(number % 100),
  ]
    .filter((words) => words !== "")
    .join(" ");
}

function belowHundred(number: number): string {
  if (number === 0) return "";
  if (number < 20) return SMALL[number] ?? "";
  const tens = TENS[Math.floor(number / 10)] ?? "";
  return number % 10 === 0 ? tens : `${tens}-${SMALL[number % 10]}`;
}

const capitalised = (words: string) => words.charAt(0).toUpperCase() + words.slice(1);
