/** Parses the values of PDF objects (ISO 32000-2, section 7.3) from tokens. */
import type { PdfTokens, Token } from "./tokens.ts";

export type PdfValue =
  | null
  | number
  | { name: string }
  | { reference: number }
  /** The source text of a string or a keyword, cut to 128 bytes. */
  | { raw: string }
  | PdfValue[]
  | PdfDictionary;

export type PdfDictionary = Map<string, PdfValue>;

/** Deeper values become null. */
const DEEPEST = 32;

/** Returns the next value; undefined at the end of the bytes or of the enclosing value. */
export function readValue(tokens: PdfTokens, depth = 0): PdfValue | undefined {
  const token = tokens.next();
  return token && valueOf(token, tokens, depth);
}

function valueOf(token: Token, tokens: PdfTokens, depth: number): PdfValue | undefined {
  if (token.kind === "name") return { name: token.text };
  if (token.kind === "number") return numberOrReference(token.text, tokens);
  if (token.kind !== "mark") {
    return token.kind === "word" && token.text === "null" ? null : { raw: tokens.raw() };
  }
  if (token.text === "]" || token.text === ">>") return undefined;
  const values = readValues(tokens, depth + 1);
  if (depth >= DEEPEST) return null;
  return token.text === "[" ? values : toDictionary(values);
}

function readValues(tokens: PdfTokens, depth: number): PdfValue[] {
  const values: PdfValue[] = [];
  for (let value = readValue(tokens, depth); value !== undefined;) {
    values.push(value);
    value = readValue(tokens, depth);
  }
  return values;
}

/** `12 0 R` is one value, `12 0` are two. */
function numberOrReference(text: string, tokens: PdfTokens): PdfValue {
  const number = Number(text);
  const { at, start } = tokens;
  if (Number.isSafeInteger(number) && tokens.next()?.kind === "number") {
    const word = tokens.next();
    if (word?.kind === "word" && word.text === "R") return { reference: number };
  }
  [tokens.at, tokens.start] = [at, start];
  return number;
}

function toDictionary(values: readonly PdfValue[]): PdfDictionary {
  const dictionary: PdfDictionary = new Map();
  for (let index = 0; index + 1 < values.length; index += 2) {
    const key = values[index];
    if (isName(key)) dictionary.set(key.name, values[index + 1] ?? null);
  }
  return dictionary;
}

export function isName(value: PdfValue | undefined): value is { name: string } {
  return typeof value === "object" && value !== null && "name" in value;
}

export function isReference(value: PdfValue | undefined): value is { reference: number } {
  return typeof value === "object" && value !== null && "reference" in value;
}

export function isNamed(value: PdfValue | undefined, name: string): boolean {
  return isName(value) && value.name === name;
}
