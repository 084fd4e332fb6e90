/** The offline assistant's texts: they say what it is, and quote the passages in its prompt. */
import { analyseOffline } from "./analyst.ts";
import type { CompletionRequest } from "./completion.ts";
import { answerInJson, type JsonSchema } from "./json-answer.ts";

type ChatMessage = CompletionRequest["messages"][number];

const INTRODUCTION =
  "I am the offline stand-in of this development server, not a language model. Set OPENAI_API_KEY in .dev.vars for real answers.";

const PASSAGE = /<(passage-\w+) id="(\d+)"[^>]*>([\s\S]*?)<\/\1>/g;
/** What the service says of its search, above the passages or instead of them. */
const NOTICE = /^\s*\([^()]*\)\s/;
const MOST_QUOTES = 3;

/** For a request for JSON in words only. */
const SCHEMAS: { [kind in Kind]?: JsonSchema } = {
  title: {
    type: "object",
    properties: { suggested_name: { type: "string" }, reasoning: { type: "string" } },
  },
  rewrite: {
    type: "object",
    properties: { queries: { type: "array", items: { type: "string" } } },
  },
};

/** An answer to the last user message: from the passages where there are any, else about itself. */
function answerOffline(messages: readonly ChatMessage[]): string {
  const question = lastOf(messages, "user").replaceAll(PASSAGE, "").replace(NOTICE, "");
  const passages = readPassages(messages.map((message) => message.content).join("\n"));
  if (passages.length > 0) return answerFromPassages(question, passages);
  const asked = messages.filter((message) => message.role === "user").length;
  const count = asked > 1 ? ` This is question ${asked} of our conversation.` : "";
  return `${INTRODUCTION}\n\nYou asked about “${excerpt(question)}”.${count} Your message was stored, this answer was streamed piece by piece, and both are kept.`;
}

/** A title for a conversation: the first significant words of its first message. */
function titleOffline(messages: readonly ChatMessage[]): string {
  const words = wordsOf(lastOf(messages, "user")).filter(
    (word) => !EMPTY_WORDS.has(word.toLowerCase()),
  );
  const title = words.slice(0, 5).join(" ");
  return title === "" ? "Conversation" : title.charAt(0).toUpperCase() + title.slice(1);
}

/** What a completion is for. */
type Kind = "answer" | "title" | "rewrite";

/**
 * The kind of a request, by its instructions. Only an answer is streamed: `SYSTEM_PROMPT` may mention title
 * deeds or search queries.
 */
export function kindOf({ messages, stream }: CompletionRequest): Kind {
  if (stream) return "answer";
  const instructions = messages.filter(({ role }) => role === "system");
  const mention = (words: RegExp) => instructions.some(({ content }) => words.test(content));
  if (mention(/\bsearch queries\b/i)) return "rewrite";
  return mention(/\btitle\b/i) ? "title" : "answer";
}

const MOST_KEY_WORDS = 12;

/**
 * One search query: the question's own significant words. A model would write the words of the documents instead,
 * and resolve what a follow-up refers to.
 */
function queryOffline(messages: readonly ChatMessage[]): string {
  const [, asked = ""] = /"question":"((?:[^"\\]|\\.)*)"/.exec(lastOf(messages, "user")) ?? [];
  const words = wordsOf(String(JSON.parse(`"${asked}"`)));
  const significant = words.filter((word) => !EMPTY_WORDS.has(word.toLowerCase()));
  return significant.slice(0, MOST_KEY_WORDS).join(" ");
}

/** The answer in pieces; as JSON where the request asks for it. */
export function offlineTokens(request: CompletionRequest, kind: Kind): string[] {
  const { messages, response_format } = request;
  const schema = response_format?.json_schema?.schema ?? SCHEMAS[kind];
  if (response_format?.json_schema?.name?.startsWith("document_")) {
    const passages = readPassages(messages.map(({ content }) => content).join("\n"));
    return [
      JSON.stringify(
        analyseOffline(
          passages.map(({ text }) => text),
          schema ?? {},
        ),
      ),
    ];
  }
  if (schema === undefined) return answerOffline(messages).match(/\s*\S+|\s+$/g) ?? [];
  return [JSON.stringify(answerInJson(schema, (name) => writeProperty(name, messages)))];
}

/** The text for a property of that name in a JSON answer. */
function writeProperty(name: string, messages: readonly ChatMessage[]): string {
  if (/^(title|name|suggested_name)$/.test(name)) return titleOffline(messages);
  if (name === "queries") return queryOffline(messages);
  if (name === "reasoning") return "Named after the first words of the question.";
  return answerOffline(messages);
}

const EMPTY_WORDS = new Set(
  "a an and are at be can could do does for from has have how i if in is it may must my of on or our shall should than that the their there they this to was we what when where which who why will with would you your".split(
    " ",
  ),
);

type Passage = { id: string; text: string };

function readPassages(prompt: string): Passage[] {
  return [...prompt.matchAll(PASSAGE)].map(([, , id = "", text = ""]) => ({
    id,
    text: text.trim(),
  }));
}

/** The sentences that share most words with the question, quoted with the number of their passage. */
function answerFromPassages(question: string, passages: Passage[]): string {
  const wanted = new Set(wordsOf(question.toLowerCase()).filter((word) => !EMPTY_WORDS.has(word)));
  const ranked = passages
    .flatMap(({ id, text }) => sentencesOf(text).map((sentence) => ({ id, sentence })))
    .map((found) => ({ ...found, score: overlap(found.sentence, wanted) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .slice(0, MOST_QUOTES);
  if (ranked.length === 0) return "The passages that I was given do not speak of this.";
  const quotes = ranked.map(({ id, sentence }) => `- “${sentence}” [${id}]`);
  return `The document says:\n\n${quotes.join("\n")}`;
}

/** Verbatim; without those that would begin or end inside a quotation of the text itself. */
function sentencesOf(text: string): string[] {
  return text
    .split(/(?<=[.;:!?])\s+|\n\s*\n/)
    .map((sentence) => sentence.trim())
    .filter((sentence) => sentence.length > 0 && isBalanced(sentence));
}

function isBalanced(sentence: string): boolean {
  const count = (mark: RegExp) => sentence.match(mark)?.length ?? 0;
  return count(/“/g) === count(/”/g) && count(/"/g) % 2 === 0 && !/[„«»]/.test(sentence);
}

function overlap(sentence: string, wanted: ReadonlySet<string>): number {
  return new Set(wordsOf(sentence.toLowerCase()).filter((word) => wanted.has(word))).size;
}

function wordsOf(text: string): string[] {
  return text.match(/[\p{L}\p{N}]+/gu) ?? [];
}

function lastOf(messages: readonly ChatMessage[], role: string): string {
  return messages.findLast((message) => message.role === role)?.content ?? "";
}

function excerpt(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  return line.length > 120 ? `${line.slice(0, 120)}…` : line;
}
