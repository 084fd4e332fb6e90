/** What of the documents goes into a prompt: all of them where they are short, else the best passages. */
import { estimateTokens, type Model } from "../../../lib/models.ts";
import { type EmbedDeps, embedQuestion } from "../../retrieval/embed.ts";
import { findPassages } from "../../retrieval/find.ts";
import type { FoundPassage } from "../../retrieval/passage.ts";
import type { CitedSource } from "../../citations/verify.ts";
import { foundTokens, wholeCharacters, wholeTokens } from "./budget.ts";
import type { PastMessage } from "../store/turn.ts";
import type { ContextDocument } from "../store/context-documents.ts";
import { divide, mergeNeighbours, numberPassages } from "./passages.ts";
import type { Excerpt, NumberedPassage } from "../../citations/excerpt.ts";

/** What was gathered, and the documents that it is from. */
export type Gathered = { passages: NumberedPassage[]; sources: CitedSource[] };

const MOST_FOUND = 24;
const MOST_OPENINGS = 5;
const LONGEST_OPENING = 1_500;

/** A question as short as this may lean on the one before it. */
const SHORT_QUESTION = 60;

type Question = { userId: string; path: readonly PastMessage[]; model: Model };

/** At most one trip; none where the documents go in whole. */
export async function gatherPassages(
  deps: EmbedDeps,
  question: Question,
  documents: readonly ContextDocument[],
): Promise<Gathered> {
  const ready = documents.filter(({ status }) => status === "ready");
  if (fitWhole(ready, question.model)) return takeWhole(ready);
  const found = await search(deps, question, ready);
  return takeBest(ready, found, foundTokens(question.model));
}

function fitWhole(documents: readonly ContextDocument[], model: Model): boolean {
  const length = documents.reduce((sum, { text_length }) => sum + (text_length ?? 0), 0);
  if (length > wholeCharacters(model)) return false;
  const tokens = documents
    .flatMap(({ parts }) => parts ?? [])
    .reduce((sum, { text }) => sum + estimateTokens(text), 0);
  return tokens <= wholeTokens(model);
}

function takeWhole(documents: readonly ContextDocument[]): Gathered {
  const excerpts = documents.flatMap((document) => divide(toFile(document), document.parts ?? []));
  const sources = documents.map((document) => ({
    ...toSource(document),
    parts: document.parts ?? [],
  }));
  return { passages: numberPassages(excerpts.filter(({ text }) => text.trim() !== "")), sources };
}

async function search(
  deps: EmbedDeps,
  { userId, path }: Question,
  documents: readonly ContextDocument[],
): Promise<FoundPassage[]> {
  const query = textToFind(path);
  const vector = await embedQuestion(deps, userId, query);
  const fileIds = documents.map(({ id }) => id);
  const { passages } = await findPassages(deps.db, userId, {
    query,
    vector,
    fileIds,
    limit: MOST_FOUND,
  });
  return passages;
}

/** The question, with the one before it where it says little by itself. */
function textToFind(path: readonly PastMessage[]): string {
  const asked = path.filter(({ type }) => type === "user").map(({ content }) => content);
  const question = asked.at(-1) ?? "";
  const isShort = question.length < SHORT_QUESTION;
  return [...(isShort ? asked.slice(-2, -1) : []), question].join("\n");
}

/** The first lines of each document, and the best passages as long as there is room, by document. */
function takeBest(
  documents: readonly ContextDocument[],
  found: readonly FoundPassage[],
  mostTokens: number,
): Gathered {
  const openings = documents.slice(0, MOST_OPENINGS).flatMap(openingOf);
  const chosen = withinBudget([...openings, ...found], mostTokens);
  const byFile = Map.groupBy(chosen, ({ fileId }) => fileId);
  const excerpts = documents.flatMap(({ id }) => mergeNeighbours(byFile.get(id) ?? []));
  return { passages: numberPassages(excerpts), sources: documents.map(toSource) };
}

function openingOf(document: ContextDocument): Excerpt[] {
  const [first] = document.parts ?? [];
  if (!first) return [];
  const text = Array.from(first.text.slice(0, 2 * LONGEST_OPENING)).slice(0, LONGEST_OPENING);
  const { page, start } = first;
  if (text.join("").trim() === "") return [];
  return [{ ...toFile(document), page, start, end: start + text.length, text: text.join("") }];
}

function withinBudget(excerpts: readonly Excerpt[], mostTokens: number): Excerpt[] {
  let left = mostTokens;
  return excerpts.flatMap(({ fileId, fileName, page, start, end, text }) => {
    left -= estimateTokens(text);
    return left < 0 ? [] : [{ fileId, fileName, page, start, end, text }];
  });
}

function toFile({ id, name }: ContextDocument) {
  return { fileId: id, fileName: name };
}

function toSource(document: ContextDocument): CitedSource {
  return { ...toFile(document), textLength: document.text_length ?? 0 };
}
