/** Writes raised text of a PDF page, which may contain several note marks. */
import { writeRaised } from "../superscripts.ts";

const MARKS = /^[\d⁰¹²³⁴-⁹*†‡§¶,; ]+$/;

/** Formats raised text that follows other text. Signs between note numbers stay unchanged. */
export function raisedText(text: string, before: string): string {
  if (!MARKS.test(text)) return writeRaised(text, before);
  return text.replace(/\d+/g, (digits) => writeRaised(digits, ""));
}

/** Replaces superscript digits by digits. */
export const plainDigits = (text: string): string =>
  text.replace(/[⁰¹²³⁴-⁹]/g, (sign) => String("⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)));
