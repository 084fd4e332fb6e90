/**
 * Fences documents as data in a prompt. Each passage stands between tags whose name ends in a random
 * boundary, created for this prompt, that no document can contain. Text that looks like a tag of any
 * prompt is defused as well, for models that are not strict about names. Pure.
 */
import type { NewId } from "../../lib/ids.ts";
import type { NumberedPassage } from "./excerpt.ts";
import { firstCodePoints } from "../../lib/code-points.ts";

const TAGS = new Set(["passage", "passages", "system", "instructions", "user", "assistant"]);
const LONGEST_TAG = 12;

/** `<` and its look-alikes. */
const OPENING = /[<＜﹤‹〈〈⟨❬❮❰˂ᐸ≺⪡]/gu;
/** Characters that are invisible between the letters of a name. */
const IGNORABLE = /^[\p{Default_Ignorable_Code_Point}\p{Cf}\p{Cc}\p{M}]$/u;
/** Characters allowed between the sign and the name. */
const BLANK = /^[\s\p{Z}\u2800/\\|⁄∕／＼⧸╱]$/u;
const WORD = /^[\p{L}\p{N}]+$/u;

/** Letters of other scripts that look like Latin ones of the tags. */
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

/** 48 random bits in lower-case hex, which no existing text can contain except by chance. */
export function createBoundary(newId: NewId): string {
  return newId().replaceAll("-", "").slice(-BOUNDARY_LENGTH);
}

/** The passages in order, each between its tags. */
export function fencePassages(passages: readonly NumberedPassage[], boundary: string): string {
  return passages.map((passage) => fence(passage, `passage-${boundary}`)).join("\n");
}

function fence(passage: NumberedPassage, tag: string): string {
  const { number, fileName, page, heading, columns, text } = passage;
  const [name, data] = [fenceName(fileName), withoutFences(text)];
  const under = heading === undefined ? "" : ` heading="${fenceName(heading)}"`;
  const where = page === null ? under : ` page="${page}"`;
  const names = columns === undefined ? "" : ` columns="${fenceColumns(columns)}"`;
  return `<${tag} id="${number}" file="${name}"${where}${names}>${data}</${tag}>`;
}

/**
 * The text with everything defused that looks like a fence. Quotations are still found: their comparison
 * ignores full width and underscores.
 */
export function withoutFences(text: string): string {
  return text.replaceAll(OPENING, (sign, index: number) => {
    if (!isTagAt(text, index + sign.length)) return sign;
    return `${sign === "<" ? "＜" : sign}_`;
  });
}

/** True when the name of a tag follows, even with invisible characters in it. */
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

/** Removes width, style, marks and case, and maps look-alikes to Latin letters. */
function plainLetters(character: string): string {
  const plain = character.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase();
  return LOOK_ALIKES.get(plain) ?? plain;
}

const LONGEST_NAME = 120;
const LONGEST_COLUMNS = 500;

/** The name on one line, without characters that could end the attribute or the tag. */
function fenceName(name: string, longest = LONGEST_NAME): string {
  const line = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  const tame = line.replaceAll('"', "”").replaceAll("<", "‹").replaceAll(">", "›");
  return firstCodePoints(tame, longest);
}

function fenceColumns(columns: string): string {
  return fenceName(columns.replaceAll("\t", " | "), LONGEST_COLUMNS);
}
