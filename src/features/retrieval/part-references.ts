/** Finds references to parts of a document: “clause 7.2”, “Schedule B”, “Article IV”, “page 14”. Pure. */

/** Names of parts that are identified by their number alone. */
const CLAUSE = `clauses?|sections?|sec\\.|articles?|art\\.|paragraphs?|para\\.|subsections?|§§?|artikel(?:n|en)?|abschnitte?n?|absatz|ziffern?|paragraf(?:en)?|klauseln?|artículos?|cláusulas?|sección|secciones|artigos?|seção|articol[oi]|clausol[ae]|sezion[ei]|artyku[łl]|punkt|artikkel|stk\\.`;
/** Names of parts that are identified by their name and number. */
const ATTACHED = `schedules?|exhibits?|annex(?:es)?|appendi(?:x|ces)|attachments?|anlagen?|anhang|annexes?|anexos?|allegat[oi]|bijlagen?|bilagor?|bilag|zalacznik|załącznik|chapters?|kapitel|chapitres?|capítulos?`;
const PAGE = `pages?|pp?\\.|seiten?|páginas?|pagin[ae]|sider?|sidan?|stron[ay]?`;

const NUMBER = `\\d{1,4}(?:\\.\\d{1,4}){0,5}|[ivxlc]{1,7}`;
const LABEL = `\\d{1,3}(?:[.-]\\d{1,3}){0,3}[a-z]?|[a-z](?:[.-]?\\d{1,3})?|[ivxlc]{1,7}`;
const BEFORE = `(?<![\\p{L}\\p{N}])`;
const AFTER = `(?![\\p{L}\\p{N}])`;

const CLAUSE_REFERENCE = new RegExp(
  `${BEFORE}(?:${CLAUSE})[\\s\\u00a0]{0,3}(${NUMBER})${AFTER}`,
  "giu",
);
const ATTACHED_REFERENCE = new RegExp(
  `${BEFORE}(${ATTACHED})[\\s\\u00a0]{1,3}(${LABEL})${AFTER}`,
  "giu",
);
const PAGE_REFERENCE = new RegExp(`${BEFORE}(?:${PAGE})[\\s\\u00a0]{0,3}(\\d{1,4})${AFTER}`, "giu");
/** A number such as “7.2”, which is a reference even without a name before it. */
const DOTTED = /(?<![\p{L}\p{N}.,$€£])\d{1,3}(?:\.\d{1,3}){1,5}(?![\p{L}\p{N}%]|[.,]\d)/gu;

/** UTF-16 code units of a text that are examined. */
const EXAMINED = 2_000;
const MOST_REFERENCES = 8;

/** The keys of the parts that a text refers to, in order, such as `7.2`, `schedule b` and `page 14`. */
export function referencesIn(text: string): string[] {
  const examined = text.slice(0, EXAMINED);
  const keys = [
    ...keysOf(examined, CLAUSE_REFERENCE, ([, number = ""]) => numberKey(number)),
    ...keysOf(examined, ATTACHED_REFERENCE, ([, name = "", label = ""]) =>
      attachedKey(name, label),
    ),
    ...keysOf(examined, PAGE_REFERENCE, ([, number = ""]) => `page ${Number(number)}`),
    ...keysOf(examined, DOTTED, ([number]) => number),
  ];
  return [...new Set(keys)].slice(0, MOST_REFERENCES);
}

/** The longest passage has fewer units. */
const EXAMINED_OF_PASSAGE = 4_000;

/** What stands between the numbers of a list, such as “(a), ” in “Sections 3.1(a), 3.2 and 3.4”. */
const BETWEEN = `(?:\\(\\p{L}{1,4}\\)|\\(\\d{1,2}\\)){0,3}\\s{0,2}(?:[,;&/–-]|and|or|to|und|oder|bis|et|ou|à|y|e|o|en|of|och|og|i|lub)\\s{0,2}(?:(?:and|or|und|oder|et|ou)\\s)?`;
const NEXT_NUMBER = new RegExp(`${BETWEEN}(\\d{1,3}(?:\\.\\d{1,3}){0,5})${AFTER}`, "uy");
const NEXT_LABEL = new RegExp(`${BETWEEN}(\\d{1,3}|[A-Z])${AFTER}`, "uy");

/**
 * The keys of the parts that a passage refers to by name, in order: “subject to Sections 4 and 5.1” refers to `4`
 * and `5.1`. A number without the name of a part may be any number.
 */
export function partsReferredTo(text: string): string[] {
  const examined = text.slice(0, EXAMINED_OF_PASSAGE);
  const found = [
    ...[...examined.matchAll(CLAUSE_REFERENCE)].flatMap((match) => {
      const [, number = ""] = match;
      return [number, ...listed(examined, match, NEXT_NUMBER)].map((other) => ({
        at: match.index,
        key: numberKey(other),
      }));
    }),
    ...[...examined.matchAll(ATTACHED_REFERENCE)].flatMap((match) => {
      const [, name = "", label = ""] = match;
      return [label, ...listed(examined, match, NEXT_LABEL)].map((other) => ({
        at: match.index,
        key: attachedKey(name, other),
      }));
    }),
  ];
  const keys = found.toSorted((a, b) => a.at - b.at).map(({ key }) => key);
  return [...new Set(keys)].slice(0, MOST_REFERENCES);
}

/** The further numbers of a list that begins with a reference. */
function listed(text: string, first: RegExpExecArray, next: RegExp): string[] {
  const numbers: string[] = [];
  next.lastIndex = first.index + first[0].length;
  for (let match; numbers.length < MOST_REFERENCES && (match = next.exec(text));) {
    numbers.push(match[1] ?? "");
  }
  return numbers;
}

function keysOf(
  text: string,
  pattern: RegExp,
  toKey: (match: RegExpExecArray) => string,
): string[] {
  return [...text.matchAll(pattern)].map(toKey);
}

/** The number of a clause, article or section at the start of a line. */
const LINE_NUMBER = new RegExp(
  `^(?:(?:${CLAUSE})[\\s\\u00a0]{0,3}(${NUMBER})${AFTER}|(\\d{1,3}(?:\\.\\d{1,3}){1,5})[.):]?(?=[\\s\\u00a0]|$)|(\\d{1,3})[.)](?=[\\s\\u00a0]|$))`,
  "iu",
);
const LINE_ATTACHED = new RegExp(`^(${ATTACHED})[\\s\\u00a0]{1,3}(${LABEL})${AFTER}`, "iu");

/** UTF-16 code units of a line that are searched for its number. */
const LONGEST_MARK = 60;

/** The key of the part that begins at a line, in the format of `referencesIn`; undefined for other lines. */
export function partOfLine(line: string): string | undefined {
  const head = line.trimStart().slice(0, LONGEST_MARK);
  const attached = LINE_ATTACHED.exec(head);
  if (attached) return attachedKey(attached[1] ?? "", attached[2] ?? "");
  const [, labelled, dotted, plain] = LINE_NUMBER.exec(head) ?? [];
  const number = labelled ?? dotted ?? plain;
  return number === undefined ? undefined : numberKey(number);
}

function numberKey(number: string): string {
  return /^\d/.test(number) ? number : String(fromRoman(number));
}

/** “Schedules A” and “Schedule A” have the same key. */
function attachedKey(name: string, label: string): string {
  const stem = name
    .toLowerCase()
    .replace(/ices$/u, "ix")
    .replace(/(?<=annex)es$|(?<=anlage)n$|s$/u, "");
  return `${stem} ${label.toLowerCase()}`;
}

const ROMAN: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

function fromRoman(text: string): number {
  const values = Array.from(text.toLowerCase(), (letter) => ROMAN[letter] ?? 0);
  return values.reduce(
    (sum, value, index) => sum + (value < (values[index + 1] ?? 0) ? -value : value),
    0,
  );
}
