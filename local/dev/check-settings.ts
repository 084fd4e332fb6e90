/** Mistakes in `.dev.vars` that its parser passes over in silence. */
import { parseEnv } from "node:util";
import { NAMES } from "../settings.ts";

const KNOWN = new Set(NAMES);
const ASSIGNMENT = /^\s*(?:export\s)?\s*[^\s=]+\s*=/;

/** A sentence for each mistake, without values; `name` is the file's. */
export function findMistakes(name: string, text: string): string[] {
  const values = parseEnv(text);
  const unknown = Object.keys(values).filter((key) => !KNOWN.has(key));
  const inValues = new Set(Object.values(values).flatMap((value = "") => innerLines(value)));
  const broken = text
    .split(/\r?\n/)
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => /^\s*[^\s#]/.test(line) && !ASSIGNMENT.test(line) && !inValues.has(line));
  return [
    ...broken.map(({ number }) => `${name}, line ${number}: not a NAME=value, so it is ignored.`),
    ...unknown.map((key) => `${name}: ${JSON.stringify(key)} is no setting, so it is ignored.`),
  ];
}

/** The lines of a value of several lines, but for its first; the last ends with the quotation mark. */
function innerLines(value: string): string[] {
  const [, ...rest] = value.split("\n");
  return rest.flatMap((line) => [line, `${line}"`, `${line}'`, `${line}\``]);
}
