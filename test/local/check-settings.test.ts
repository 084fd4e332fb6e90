import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { findMistakes } from "../../local/dev/check-settings.ts";

const EXAMPLE = join(import.meta.dirname, "..", "..", ".dev.vars.example");
const check = (text: string) => findMistakes(".dev.vars", text);

it("A line without an equals sign is named by its number, and not repeated", () => {
  expect(check("SECRET_KEY=abc\n# A comment\n\nsk-secret\n")).toEqual([
    ".dev.vars, line 4: not a NAME=value, so it is ignored.",
  ]);
});

it("A name that is no setting is named", () => {
  expect(check("OPENAI_APIKEY=sk-secret\n")).toEqual([
    '.dev.vars: "OPENAI_APIKEY" is no setting, so it is ignored.',
  ]);
});

it("A quotation mark that is never closed shows in what is ignored", () => {
  expect(check('SYSTEM_PROMPT="You are\na lawyer\nAPP_URL=https://x\n')).toEqual([
    ".dev.vars, line 2: not a NAME=value, so it is ignored.",
  ]);
});

it.each([
  ["the example", await readFile(EXAMPLE, "utf8")],
  ["several lines in quotes", `SYSTEM_PROMPT="You are\n  a lawyer.\nAnswer."\nAPP_URL=https://x\n`],
  ["lines in other quotes", "SYSTEM_PROMPT='one\ntwo'\r\nTITLE_MODEL=`a\nb`\n"],
  ["exports, spaces and empty values", "export SECRET_KEY=x\n APP_URL = y\nDEFAULT_MODEL=\n"],
  ["nothing", ""],
])("No mistake is found in %s", (_title, text) => {
  expect(check(text)).toEqual([]);
});
