/** The offline assistant's analysis of a document: sentences of the document, sorted by their words. */
import type { JsonSchema } from "./json-answer.ts";

const SUMMARY =
  "Made by the offline stand-in of this development server, which sorts sentences by the words in them and understands none: set OPENAI_API_KEY in .dev.vars for a real analysis.";

/** Which sentences a section of an analysis is about. */
const TOPICS: Record<string, RegExp> = {
  parties: /\b(between|hereinafter|referred to as)\b|\(the? ?["“]/i,
  governing_law: /\b(govern(ed|ing)|construed)\b.*\blaws?\b|\blaws of\b/i,
  dates_and_deadlines:
    /\b(within|days?|months?|deadline|expires?|no later than)\b|\b(19|20)\d\d\b/i,
  obligations: /\b(shall|must|agrees? to|undertakes?)\b/i,
  money: /[$€£]\s?\d|\b\d[\d.,]*\s?(USD|EUR|GBP|euros?|dollars?|pounds?)\b/i,
  termination: /\b(terminat\w*|cancel\w*|notice period)\b/i,
  unusual_clauses:
    /\b(sole discretion|irrevocabl\w*|perpetual|waives?|without (prior )?notice|indemnif\w*)\b/i,
};

/** What most agreements contain. */
const EXPECTED: Record<string, RegExp> = {
  "governing law": /\blaws? of\b|governed by/i,
  termination: /terminat/i,
  confidentiality: /confidential/i,
  "limitation of liability": /liabilit/i,
};

const MOST_SENTENCES = 5;
const LONGEST_FIELD = 120;
const AMOUNT = /[$€£]\s?\d[\d.,]*|\b\d[\d.,]*\s?(?:USD|EUR|GBP|euros?|dollars?|pounds?)\b/i;
const DATE =
  /\b\d+ (?:days?|months?|years?)\b|\b(?:\d{1,2} )?\w+ \d{1,2},? (?:19|20)\d\d\b|\b(?:19|20)\d\d\b/i;

/** An answer that fits the schema of an analysis, in which every quotation is a sentence of the texts. */
export function analyseOffline(texts: readonly string[], schema: JsonSchema): unknown {
  const sentences = texts.flatMap(sentencesOf);
  const entries = Object.entries(schema.properties ?? {}).map(([name, property]) => {
    if (name === "summary") return [name, `${SUMMARY} It begins: ${shorten(sentences[0] ?? "")}`];
    if (name === "missing_clauses") return [name, missingIn(texts.join("\n"))];
    return [name, aboutTopic(TOPICS[name], property, sentences)];
  });
  return Object.fromEntries(entries);
}

function missingIn(text: string) {
  return Object.entries(EXPECTED)
    .filter(([, words]) => !words.test(text))
    .map(([clause]) => ({ description: `No word of ${clause} was found.`, severity: "medium" }));
}

/** The sentences of a topic as points: one where the schema has no list, null where there is none. */
function aboutTopic(topic: RegExp | undefined, schema: JsonSchema, sentences: readonly string[]) {
  const found = topic ? sentences.filter((sentence) => topic.test(sentence)) : [];
  if (schema.type === "array") {
    return found.slice(0, MOST_SENTENCES).map((quote) => toPoint(schema.items ?? {}, quote));
  }
  const shape = schema.anyOf?.find(({ type }) => type === "object");
  return shape && found[0] ? toPoint(shape, found[0]) : null;
}

function toPoint({ properties = {} }: JsonSchema, quote: string): Record<string, unknown> {
  const entries = Object.entries(properties).map(([name, { enum: values, anyOf }]) => {
    if (name === "quote") return [name, quote];
    if (values) return [name, values[0]];
    const written = name === "amount" ? AMOUNT.exec(quote)?.[0] : DATE.exec(quote)?.[0];
    if (name === "amount" || name === "date") return [name, written ?? shorten(quote)];
    return [name, anyOf ? null : shorten(quote)];
  });
  return Object.fromEntries(entries);
}

/** A quotation must be found word for word: only its ends are trimmed. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.;:!?])\s+|\n\s*\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.split(/\s+/).length > 3);
}

function shorten(sentence: string): string {
  const line = sentence.replace(/\s+/g, " ");
  return line.length > LONGEST_FIELD ? `${line.slice(0, LONGEST_FIELD).toWellFormed()}…` : line;
}
