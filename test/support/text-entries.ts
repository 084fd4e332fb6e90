/** Everything that reads text of a user in this process, by name. */
import { DocumentText } from "../../src/features/citations/document-text.ts";
import { findQuotations } from "../../src/features/citations/find-quotes.ts";
import { locate } from "../../src/features/citations/locate.ts";
import { termsOf } from "../../src/features/retrieval/question-terms.ts";
import { cutPassages } from "../../src/features/retrieval/cut.ts";
import { guessLanguage } from "../../src/features/retrieval/language.ts";
import { slicesOf } from "../../src/features/retrieval/slices.ts";
import {
  foldedWords,
  indexedWords,
  wordsOfName,
  writtenWords,
} from "../../src/features/retrieval/words.ts";
import { fits, parseSearch } from "../../src/features/search/search-terms.ts";
import { toSnippet } from "../../src/features/search/snippet.ts";
import { joinWrapped, stretchesOf, tokensOf } from "../../src/lib/text-tokens.ts";
import { fencePassages } from "../../src/features/citations/fence.ts";
import { divide } from "../../src/features/turns/context/passages.ts";
import { readQueries } from "../../src/features/turns/context/read-queries.ts";
import { firstWords, readTitle } from "../../src/features/titles/title-text.ts";
import { foldText } from "../../src/lib/fold-text.ts";
import { divideText } from "../../src/lib/code-points.ts";
import { findUnstorable, toStorable } from "../../src/lib/storable-text.ts";
import { bytesOf } from "../fixtures/documents.ts";
import { extract } from "./extracted.ts";

type Read = (text: string) => unknown;

const FILE = { fileId: "a file", fileName: "a.txt" };
const partOf = (text: string) => ({ page: 1, start: 0, text });
const passagesOf = (text: string) =>
  cutPassages({ text, pages: [{ page: 1, start: 0 }], headings: [] });

/** Messages, questions and titles: 32,000 characters at most. */
export const MESSAGE_ENTRIES: Record<string, Read> = {
  foldText,
  tokensOf: (text) => stretchesOf(foldText(text)).flatMap(tokensOf),
  parseSearch,
  fits: (text) => fits(parseSearch('"one two" -three'), text),
  toSnippet: (text) => toSnippet(text, ["a", "1", "押"]),
  writtenWords,
  foldedWords,
  indexedWords,
  joinWrapped,
  wordsOfName,
  termsOf,
  firstWords,
  readTitle,
  readQueries,
  toStorable,
  findUnstorable,
  divideText: (text) => divideText(text, 100),
};

/** Documents, and answers about them, which may be longer. */
export const DOCUMENT_ENTRIES: Record<string, Read> = {
  guessLanguage,
  cutPassages: (text) => [...passagesOf(text)],
  slicesOf: (text) => [...slicesOf([...passagesOf(text)], { name: text.slice(0, 255), text })],
  divide: (text) => divide(FILE, [partOf(text)]),
  fencePassages: (text) =>
    fencePassages([{ ...FILE, ...partOf(text), end: text.length, number: 1 }], "0123456789ab"),
  findQuotations,
  "locate, what is there": (text) => locateIn(text, text.slice(0, text.length / 4)),
  "locate, what is almost there": (text) => locateIn(text, `${text.slice(0, text.length / 4)} not`),
  "locate, with omitted words": (text) =>
    locateIn(text, `${(text.slice(0, 50) + "…").repeat(text.length / 100)} not there`),
  markdown: (text) => readAs(text, "a.md"),
  text: (text) => readAs(text, "a.txt"),
  "markdown, struck out": (text) => readAs(text.replaceAll("a", "~~"), "a.md"),
  csv: (text) => readAs(text, "a.csv"),
  html: (text) => readAs(`<!doctype html><body>${text}`, "a.html"),
  "html, a list within struck-out words": (text) =>
    readAs(`<!doctype html><ol reversed><li><del>${text}</del><sup>${text}</sup>`, "a.html"),
  "html, a style sheet": (text) => readAs(`<!doctype html><style>${text}</style><p>a`, "a.html"),
  "html, styles": (text) =>
    readAs(
      `<!doctype html><p style="${text.replaceAll('"', "")}">a<ol type="${text.replaceAll('"', "")}">`,
      "a.html",
    ),
  // In one header: a text of any length is a mail.
  mail: (text) =>
    readAs(`MIME-Version: 1.0\nFrom: ${text.replaceAll(/[\r\n]+/g, " ")}\n\n${text}`, "a.eml"),
  "mail, headers": (text) => readAs(`MIME-Version: 1.0\nFrom: a\nTo: ${text}`, "a.eml"),
  "a text in an old encoding": (text) => extract(oldBytes(text), "a.txt").catch(() => undefined),
};

/** One byte for each character: none of ASCII stays one. */
const oldBytes = (text: string) =>
  Uint8Array.from(text, (char) => (char.charCodeAt(0) & 0x7f) | (/\s/.test(char) ? 0 : 0x80));

const locateIn = (text: string, quotation: string) =>
  locate(new DocumentText([partOf(text)]), quotation, [{ start: 0, end: text.length >> 1 }]);

/** Some of them are no text by their bytes, or too large: those end with a reason. */
const readAs = (text: string, name: string) => extract(bytesOf(text), name).catch(() => undefined);
