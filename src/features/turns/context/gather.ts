/** The passages of a prompt: all of the documents' text where they are short, else what a search finds. */
import { codePointLength, firstCodePoints } from "../../../lib/code-points.ts";
import { estimateTokens, type Model } from "../../../lib/models.ts";
import type { Excerpt, NumberedPassage } from "../../citations/excerpt.ts";
import type { CitedSource } from "../../citations/verify.ts";
import type { EmbedDeps } from "../../retrieval/embed.ts";
import type { FoundPassage } from "../../retrieval/passage.ts";
import { headingAndColumns } from "../../retrieval/tables.ts";
import type { Queries } from "../store/answer.ts";
import type { ContextDocument } from "../store/turn-documents.ts";
import { foundTokens, wholeCharacters, wholeTokens } from "./budget.ts";
import { divide, mergeNeighbours, numberPassages } from "./passages.ts";
import type { Rewriting } from "./rewrite.ts";
import { searchDocuments } from "./search.ts";

/** The passages, and the documents that they are from. */
export type Gathered = {
  passages: NumberedPassage[];
  sources: CitedSource[];
  /** True where a search found nothing that seems to speak of the question. */
  foundNothing?: boolean;
  /** Where the documents were searched. */
  queries?: Queries;
};

const MOST_OPENINGS = 5;
const LONGEST_OPENING = 1_500;

/** `model`: of the answer. */
type Conversation = Omit<Rewriting, "documents"> & { model: Model };

/** The passages for the user message at the end of the path. Two trips; none where the documents go in whole. */
export async function gatherPassages(
  deps: EmbedDeps,
  conversation: Conversation,
  documents: readonly ContextDocument[],
): Promise<Gathered> {
  const ready = documents.filter(({ status }) => status === "ready");
  const { model } = conversation;
  if (fitWhole(ready, model)) return takeWhole(ready);
  const searched = await searchDocuments(deps, { ...conversation, documents: ready });
  const { found, isRelevant, queries } = searched;
  return { ...takeBest(ready, found, foundTokens(model)), foundNothing: !isRelevant, queries };
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

/** The openings of the first documents, the best passages and what they refer to, within the budget, by document. */
function takeBest(
  documents: readonly ContextDocument[],
  found: readonly FoundPassage[],
  mostTokens: number,
): Gathered {
  const openings = documents.slice(0, MOST_OPENINGS).flatMap(openingOf);
  const chosen = withinBudget([...openings, ...found.map(toExcerpt)], mostTokens);
  const byFile = Map.groupBy(chosen, ({ fileId }) => fileId);
  const excerpts = documents.flatMap(({ id }) => mergeNeighbours(byFile.get(id) ?? []));
  return { passages: numberPassages(excerpts), sources: documents.map(toSource) };
}

function toExcerpt({ headings, ...found }: FoundPassage): Excerpt {
  return { ...found, ...headingAndColumns(headings) };
}

function openingOf(document: ContextDocument): Excerpt[] {
  const [first] = document.parts ?? [];
  if (!first) return [];
  const text = firstCodePoints(first.text, LONGEST_OPENING);
  const { page, start } = first;
  if (text.trim() === "") return [];
  return [{ ...toFile(document), page, start, end: start + codePointLength(text), text }];
}

function withinBudget(excerpts: readonly Excerpt[], mostTokens: number): Excerpt[] {
  let leftTokens = mostTokens;
  return excerpts.flatMap(({ fileId, fileName, page, heading, columns, start, end, text }) => {
    leftTokens -= estimateTokens(text) + estimateTokens(columns ?? "");
    return leftTokens < 0 ? [] : [{ fileId, fileName, page, heading, columns, start, end, text }];
  });
}

function toFile({ id, name }: ContextDocument) {
  return { fileId: id, fileName: name };
}

function toSource(document: ContextDocument): CitedSource {
  return { ...toFile(document), textLength: document.text_length ?? 0 };
}
