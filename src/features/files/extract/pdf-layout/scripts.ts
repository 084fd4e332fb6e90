/** Raised text of a PDF page, which may be several marks of notes. */
import { writeRaised } from "../superscripts.ts";

const MARKS = /^[\d⁰¹²³⁴-⁹*†‡§¶,; ]+$/;

/** Raised text after other text. Signs between the numbers of notes stay as they are. */
export function raisedText(text: string, before: string): string {
  if (!MARKS.test(text)) return writeRaised(text, before);
  return text.replace(/\d+/g, (digits) => writeRaised(digits, ""));
}

/** Text in which superscript digits are replaced by digits. */
export const plainDigits = (text: string): string =>
  text.replace(/[⁰¹²³⁴-⁹]/g, (sign) => String("⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(sign)));
