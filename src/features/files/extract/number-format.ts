/** Formats list numbers as Word does (ECMA-376 part 1, section 17.18.59). */
import { toCardinal, toOrdinal, toOrdinalWords } from "./docx/numbers/number-words.ts";

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

/** Larger numbers become digits in every format. */
const LARGEST = 4_000;

type Format = (number: number) => string;

/** Formats that depend on the language of the text. */
const IN_WORDS = new Set(["ordinal", "ordinalText", "cardinalText"]);

/**
 * Formats a number; unknown formats give digits. Number words exist for English only: other
 * languages get digits with the ending of an ordinal.
 */
export function formatNumber(number: number, format: string, language = ""): string {
  if (format === "none") return "";
  if (number < 1 || number > LARGEST) return String(number);
  const isEnglish = language === "" || language.startsWith("en");
  if (!isEnglish && IN_WORDS.has(format))
    return foreignNumber(number, format, language.slice(0, 2));
  return (FORMATS[format] ?? String)(number);
}

const ORDINAL_ENDINGS: Record<string, string> = {
  de: ".",
  da: ".",
  nb: ".",
  pl: ".",
  cs: ".",
  fr: "e",
  nl: "e",
  es: "º",
  it: "º",
  pt: "º",
};

function foreignNumber(number: number, format: string, language: string): string {
  if (format === "cardinalText") return String(number);
  const isFirst = language === "fr" && number === 1;
  return `${number}${isFirst ? "er" : (ORDINAL_ENDINGS[language] ?? "")}`;
}

const FORMATS: Record<string, Format> = {
  lowerRoman: roman,
  upperRoman: (number) => roman(number).toUpperCase(),
  lowerLetter: repeating("abcdefghijklmnopqrstuvwxyz"),
  upperLetter: repeating("ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
  decimalZero: (number) => String(number).padStart(2, "0"),
  hex: (number) => number.toString(16).toUpperCase(),
  numberInDash: (number) => `- ${number} -`,
  chicago: repeating("*†‡§"),
  ordinal: toOrdinal,
  ordinalText: toOrdinalWords,
  cardinalText: toCardinal,
  hebrew1: hebrewNumeral,
  hebrew2: counting("אבגדהוזחטיכלמנסעפצקרשת"),
  arabicAlpha: repeating("أبتثجحخدذرزسشصضطظعغفقكلمنهوي"),
  arabicAbjad: repeating("ابجدهوزحطيكلمنسعفصقرشتثخذضظغ"),
  russianLower: repeating("абвгдежзиклмнопрстуфхцчшщыэюя"),
  russianUpper: repeating("АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЫЭЮЯ"),
  thaiLetters: repeating("กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ"),
  ganada: repeating("가나다라마바사아자차카타파하"),
  chosung: repeating("ㄱㄴㄷㄹㅁㅂㅅㅇㅈㅊㅋㅌㅍㅎ"),
  aiueo: repeating(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
  ),
  aiueoFullWidth: repeating(
    "アイウエオカキクケコサシスセソタチツテトナニヌネノハヒフヘホマミムメモヤユヨラリルレロワヲン",
  ),
  iroha: repeating(
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
  ),
  irohaFullWidth: repeating(
    "イロハニホヘトチリヌルヲワカヨタレソツネナラムウヰノオクヤマケフコエテアサキユメミシヱヒモセス",
  ),
  ideographTraditional: repeating("甲乙丙丁戊己庚辛壬癸"),
  ideographZodiac: repeating("子丑寅卯辰巳午未申酉戌亥"),
  thaiNumbers: inDigits("๐๑๒๓๔๕๖๗๘๙"),
  hindiNumbers: inDigits("०१२३४५६७८९"),
  koreanDigital: inDigits("영일이삼사오육칠팔구"),
  japaneseDigitalTenThousand: inDigits("〇一二三四五六七八九"),
  ideographDigital: inDigits("〇一二三四五六七八九"),
  taiwaneseDigital: inDigits("○一二三四五六七八九"),
  chineseCounting: chinese,
  chineseCountingThousand: chinese,
  taiwaneseCounting: chinese,
  taiwaneseCountingThousand: chinese,
  japaneseCounting: (number) => chinese(number).replaceAll(/零|一(?=[十百千])/g, ""),
  decimalEnclosedCircle: enclosed(0x2460),
  decimalEnclosedCircleChinese: enclosed(0x2460),
  decimalEnclosedParen: enclosed(0x2474),
  decimalEnclosedFullstop: enclosed(0x2488),
};

function roman(number: number): string {
  let rest = number;
  let text = "";
  for (const [letter, value] of ROMAN) {
    for (; rest >= value; rest -= value) text += letter;
  }
  return text;
}

/** After the last letter, the first one twice, then the second one twice. */
function repeating(letters: string): Format {
  const all = Array.from(letters);
  return (number) => (all[(number - 1) % all.length] ?? "").repeat(Math.ceil(number / all.length));
}

/**
 * After the last letter, the first one followed by each letter, like column names of a spreadsheet.
 */
function counting(letters: string): Format {
  const all = Array.from(letters);
  return (number) => {
    let text = "";
    for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / all.length)) {
      text = (all[(rest - 1) % all.length] ?? "") + text;
    }
    return text;
  };
}

function inDigits(digits: string): Format {
  const all = Array.from(digits);
  return (number) => Array.from(String(number), (digit) => all[Number(digit)]).join("");
}

const LAST_ENCLOSED = 20;

function enclosed(first: number): Format {
  return (number) =>
    number > LAST_ENCLOSED ? String(number) : String.fromCodePoint(first + number - 1);
}

const HEBREW = [
  ["ת", 400],
  ["ש", 300],
  ["ר", 200],
  ["ק", 100],
  ["צ", 90],
  ["פ", 80],
  ["ע", 70],
  ["ס", 60],
  ["נ", 50],
  ["מ", 40],
  ["ל", 30],
  ["כ", 20],
  // 15 and 16 would otherwise spell parts of the name of God.
  ["טז", 16],
  ["טו", 15],
  ["י", 10],
  ["ט", 9],
  ["ח", 8],
  ["ז", 7],
  ["ו", 6],
  ["ה", 5],
  ["ד", 4],
  ["ג", 3],
  ["ב", 2],
  ["א", 1],
] as const;

function hebrewNumeral(number: number): string {
  let rest = number;
  let text = "";
  for (const [letters, value] of HEBREW) {
    const isPair = value === 15 || value === 16;
    if (isPair && rest !== value) continue;
    for (; rest >= value; rest -= value) text += letters;
  }
  return text;
}

const CHINESE_DIGITS = Array.from("零一二三四五六七八九");
const CHINESE_POWERS = ["", "十", "百", "千"];

/** 十一 is 11 and 一百一十一 is 111; zeros between other digits are written once. */
function chinese(number: number): string {
  const digits = Array.from(String(number), Number);
  const text = digits
    .map((digit, index) =>
      digit === 0 ? "零" : `${CHINESE_DIGITS[digit]}${CHINESE_POWERS[digits.length - 1 - index]}`,
    )
    .join("");
  return text.replaceAll(/零+/g, "零").replace(/零$/, "").replace(/^一十/, "十");
}
