/** Formats list numbers as letters and Roman numerals. */
import { formatNumber } from "./number-format.ts";

const LARGEST_ROMAN = 3_999;

/** "a" to "z", then "aa" and "ab"; digits below 1. */
export function alphabetic(number: number): string {
  if (number < 1) return String(number);
  let written = "";
  for (let rest = number; rest > 0; rest = Math.floor((rest - 1) / 26)) {
    written = String.fromCharCode(0x61 + ((rest - 1) % 26)) + written;
  }
  return written;
}

/** "iv"; digits below 1 and above 3,999. */
export function lowerRoman(number: number): string {
  return number > LARGEST_ROMAN ? String(number) : formatNumber(number, "lowerRoman");
}
