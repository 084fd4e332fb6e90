/** Searches the owner's messages and documents. */
import type { Deps } from "../../deps.ts";
import { embedQuestion } from "../retrieval/embed.ts";
import { findPassages } from "../retrieval/find.ts";
import type { FoundPassage } from "../retrieval/passage.ts";
import type { MessageHit } from "./messages.ts";
import { readScope } from "./scope.ts";
import { fits, mayHold, type SearchTerms, parseSearch } from "./search-terms.ts";
import type { SearchHit, SearchQuery } from "./schemas.ts";
import { toSnippet } from "./snippet.ts";

type SearchDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId"> & {
  /** Keeps the Worker alive for work that the response does not wait for. */
  keep: (work: Promise<void>) => void;
};
type Hit = Omit<SearchHit, "score">;

/** More than the response needs, because phrases and exclusions filter some of them. */
const MOST_PASSAGES = 100;

const FEWEST_WORDS = 3;

/** Reciprocal rank fusion: the higher, the less the first ranks stand out. */
const RANK_OFFSET = 60;

/**
 * The best hits first. One round trip for messages and one for passages, in parallel unless the search is
 * within a chat. Throws `not_found` for a chat or file that the owner does not have.
 */
export async function search(
  deps: SearchDeps,
  ownerId: string,
  request: SearchQuery,
): Promise<SearchHit[]> {
  const terms = parseSearch(request.q);
  const scope = readScope(deps.db, ownerId, request, terms);
  const findInFiles = async () => {
    if (request.scope === "messages") return [];
    const fileIds = request.chat_id ? (await scope).fileIds : toList(request.file_id);
    return findFitting(deps, ownerId, terms, fileIds);
  };
  const [{ messages }, passages] = await Promise.all([scope, findInFiles()]);
  const lists = [
    messages.map((found) => ofMessage(found, terms)),
    passages.map((found) => ofPassage(found, terms)),
  ];
  return fuse(lists).slice(0, request.limit);
}

async function findFitting(
  deps: SearchDeps,
  ownerId: string,
  terms: SearchTerms,
  fileIds: string[] | undefined,
): Promise<FoundPassage[]> {
  const query = terms.text;
  if (terms.words.length === 0 || fileIds?.length === 0) return [];
  const vector = seeksMeaning(terms)
    ? await embedQuestion(deps, ownerId, query, deps.keep)
    : undefined;
  const request = { query, vector, fileIds, limit: MOST_PASSAGES };
  const { passages } = await findPassages(deps.db, ownerId, request);
  const fitting = passages.filter(({ text }) => fits(terms, text));
  if (vector) return fitting;
  return fitting.filter(({ headings, text }) => mayHold(terms, [...headings, text].join("\n\n")));
}

/** One or two words, phrases and exclusions look for exact words, for which vectors are of no use. */
function seeksMeaning({ significant, phrases, excluded }: SearchTerms): boolean {
  return significant.length >= FEWEST_WORDS && phrases.length + excluded.length === 0;
}

function toList(id: string | undefined): string[] | undefined {
  return id === undefined ? undefined : [id];
}

function ofMessage({ excerpt, ...found }: MessageHit, { tokens }: SearchTerms): Hit {
  const { message_id, chat_id, chat_title } = found;
  const snippet = toSnippet(excerpt, tokens);
  return { kind: "message", chat_id, chat_title, message_id, snippet };
}

function ofPassage(
  { fileId, fileName, page, start, end, headings, text }: FoundPassage,
  { tokens }: SearchTerms,
): Hit {
  const snippet = toSnippet(text, tokens);
  const file = { file_id: fileId, file_name: fileName };
  return { kind: "passage", ...file, page: page ?? undefined, start, end, headings, snippet };
}

/** Fuses by rank, because scores of different searches are not comparable. */
function fuse(lists: Hit[][]): SearchHit[] {
  return lists
    .flatMap((hits) => hits.map((hit, index) => ({ ...hit, score: 1 / (RANK_OFFSET + index + 1) })))
    .toSorted((a, b) => b.score - a.score);
}
