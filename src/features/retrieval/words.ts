/** Text as plain words, so that Postgres' parser sees nothing in it but words: no hosts, no paths. */

/** Written without blanks between words: each character is found by itself, and with the next. */
const UNSPACED =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}\p{sc=Lao}\p{sc=Khmer}]{2,}/gu;

/** The words of a text in lower case, with single blanks between them. */
export function plainWords(text: string): string {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/['’](?=s\b)/gu, " ")
    .replace(/[^\p{L}\p{M}\p{N}]+/gu, " ")
    .replace(UNSPACED, pairs)
    .trim();
}

function pairs(run: string): string {
  const signs = Array.from(run);
  const both = signs.slice(1).map((sign, index) => `${signs[index]}${sign}`);
  return ` ${both.join(" ")} `;
}

/** The words of a name such as `DataUse_Agreement_2017.pdf`: joined ones as one, and apart. */
export function wordsOfName(name: string): string {
  const stem = name.replace(/\.[a-z]{2,5}$/i, "").replace(/%20|_20/g, " ");
  const apart = stem.replace(/(\p{Ll})(?=\p{Lu})/gu, "$1 ");
  return plainWords(`${stem} ${apart}`)
    .split(" ")
    .filter((word) => !/^\d{5,}$/.test(word))
    .join(" ");
}
