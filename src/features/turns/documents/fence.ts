/** Documents as data in a prompt: nothing in them can end the fence around it, or put up another. Pure. */
import type { NumberedPassage } from "./passages.ts";

/** What looks like a fence, however it is cut up by invisible characters and blanks. */
const TAG = ["passage", "passages", "system", "instructions", "user", "assistant"]
  .map((name) => name.split("").join(String.raw`\p{Cf}*`))
  .join("|");
const FENCE = new RegExp(
  String.raw`[<＜](?=[\s\p{Cf}/\\]{0,8}(?:${TAG})\p{Cf}*(?![\p{L}\p{N}]))`,
  "giu",
);

/** Of full width: quotations are compared without the difference. */
const HARMLESS = "＜";
const LONGEST_NAME = 120;

/** The passages, each between its tags, in the order of their numbers. */
export function fencePassages(passages: readonly NumberedPassage[]): string {
  return passages.map(fence).join("\n");
}

function fence({ number, fileName, page, text }: NumberedPassage): string {
  const [name, data] = [fenceName(fileName), withoutFences(text)];
  return `<passage id="${number}" file="${name}" page="${page}">${data}</passage>`;
}

/** The text without anything that could be taken for a fence. */
export function withoutFences(text: string): string {
  return text.replaceAll(FENCE, HARMLESS);
}

/** A name on one line, that cannot end the attribute or the tag. */
function fenceName(name: string): string {
  const line = name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, " ");
  const tame = line.replaceAll('"', "”").replaceAll("<", "‹").replaceAll(">", "›");
  return Array.from(tame).slice(0, LONGEST_NAME).join("");
}
