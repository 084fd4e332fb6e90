/**
 * Documents as data in a prompt. Each passage stands between tags whose name ends in a boundary that was
 * made for this prompt alone: no text can hold it. What looks like a tag of any prompt is broken besides,
 * for models that are not strict about names. Pure.
 */
import type { NewId } from "../../lib/ids.ts";
import type { NumberedPassage } from "./excerpt.ts";

const TAGS = new Set(["passage", "passages", "system", "instructions", "user", "assistant"]);
const LONGEST_TAG = 12;

/** The sign that opens a tag, and those that are like it. */
const OPENING = /[<＜﹤‹〈〈⟨❬❮❰˂ᐸ≺⪡]/gu;
/** What is not seen between the letters of a name. */
const IGNORABLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{M}]$/u;
/** What may stand between the sign and the name. */
const BLANK = /^[\s\p{Z}\u2800/\\|⁄∕／＼⧸╱]$/u;
const WORD = /^[\p{L}\p{N}]+$/u;

/** Letters of other scripts that look like those of the tags. */
const LOOK_ALIKES = new Map(
  [
    "aаɑα",
    "cсϲ",
    "eеє",
    "gɡց",
    "iіıι",
    "mм",
    "nոп",
    "oоοօ",
    "pрρ",
    "rг",
    "sѕ",
    "tтτ",
    "uսυ",
    "yуγү",
  ].flatMap(([letter = "", ...others]) => others.map((other): [string, string] => [other, letter])),
);

const BOUNDARY_LENGTH = 12;

/** 48 random bits in lower-case hex, of which no text that was there before knows anything. */
export function createBoundary(newId: NewId): string {
  return newId().replaceAll("-", "").slice(-BOUNDARY_LENGTH);
}

/** The passages, each between its tags, in the order of their numbers. */
export function fencePassages(passages: readonly NumberedPassage[], boundary: string): string {
  return passages.map((passage) => fence(passage, `passage-${boundary}`)).join("\n");
}

function fence({ number, fileName, page, text }: NumberedPassage, tag: string): string {
  const [name, data] = [fenceName(fileName), withoutFences(text)];
  const where = page === null ? "" : ` page="${page}"`;
  return `<${tag} id="${number}" file="${name}"${where}>${data}</${tag}>`;
}

/**
 * The text without anything that could be taken for a fence. Quotations are compared without the
 * difference: a sign of full width stands for its plain one, and a low line does not count.
 */
export function withoutFences(text: string): string {
  return text.replaceAll(OPENING, (sign, index: number) => {
    if (!isTagAt(text, index + sign.length)) return sign;
    return `${sign === "<" ? "＜" : sign}_`;
  });
}

/** True where a name of a tag follows, however it is cut up by what is not seen. */
function isTagAt(text: string, from: number): boolean {
  let name = "";
  for (let index = from; index < text.length && name.length <= LONGEST_TAG;) {
    const character = String.fromCodePoint(text.codePointAt(index) ?? 0);
    index += character.length;
    if (IGNORABLE.test(character) || (name === "" && BLANK.test(character))) continue;
    const letters = plainLetters(character);
    if (!WORD.test(letters)) break;
    name += letters;
  }
  return TAGS.has(name);
}

/** Without width, style, marks and case, and of the Latin script where it looks like it. */
function plainLetters(character: string): string {
  const plain = character.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return LOOK_ALIKES.get(plain) ?? plain;
}

const LONGEST_NAME = 120;

/** A name on one line, that cannot end the attribute or the tag. */
function fenceName(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  const tame = line.replaceAll('"', "”").replaceAll("<", "‹").replaceAll(">", "›");
  return Array.from(tame).slice(0, LONGEST_NAME).join("");
}
