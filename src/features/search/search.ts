/** A search over one's messages and documents. */
import type { Deps } from "../../deps.ts";
import { embedQuestion } from "../retrieval/embed.ts";
import { findPassages } from "../retrieval/find.ts";
import type { FoundPassage } from "../retrieval/passage.ts";
import type { MessageHit } from "./messages.ts";
import { readPlace } from "./place.ts";
import { fits, mayHold, type Question, readQuestion } from "./question.ts";
import type { SearchHit, SearchQuery } from "./schemas.ts";
import { toSnippet } from "./snippet.ts";

type SearchDeps = Pick<Deps, "db" | "model" | "config" | "clock" | "newId"> & {
  /** Lets work end that the answer does not wait for. */
  keep: (work: Promise<void>) => void;
};
type Hit = Omit<SearchHit, "score">;

/** Some of them are left out afterwards: without a phrase, or with a word that is excluded. */
const MOST_PASSAGES = 100;

const FEWEST_WORDS = 3;

/** Reciprocal rank fusion: the higher, the less the first places stand out. */
const RANK_OFFSET = 60;

/**
 * The best hits first. One trip for the messages and one for the passages, at once but where the files
 * are those of a chat. Throws `not_found` for a chat or a file that the owner does not have.
 */
export async function search(
  deps: SearchDeps,
  ownerId: string,
  asked: SearchQuery,
): Promise<SearchHit[]> {
  const question = readQuestion(asked.q);
  const reading = readPlace(deps.db, ownerId, asked, question);
  const findInFiles = async () => {
    if (asked.scope === "messages") return [];
    const fileIds = asked.chat_id ? (await reading).fileIds : toList(asked.file_id);
    return findFitting(deps, ownerId, question, fileIds);
  };
  const [{ messages }, passages] = await Promise.all([reading, findInFiles()]);
  const lists = [
    messages.map((found) => ofMessage(found, question)),
    passages.map((found) => ofPassage(found, question)),
  ];
  return fuse(lists).slice(0, asked.limit);
}

async function findFitting(
  deps: SearchDeps,
  ownerId: string,
  question: Question,
  fileIds: string[] | undefined,
): Promise<FoundPassage[]> {
  const query = question.words.join(" ");
  if (query === "" || fileIds?.length === 0) return [];
  const vector = seeksMeaning(question)
    ? await embedQuestion(deps, ownerId, query, deps.keep)
    : undefined;
  const asked = { query, vector, fileIds, limit: MOST_PASSAGES };
  const { passages } = await findPassages(deps.db, ownerId, asked);
  const fitting = passages.filter(({ text }) => fits(question, text));
  if (vector) return fitting;
  return fitting.filter(({ headings, text }) =>
    mayHold(question, [...headings, text].join("\n\n")),
  );
}

/** A word or two, quotes and exclusions ask for the words themselves, which vectors know nothing of. */
function seeksMeaning({ telling, phrases, excluded }: Question): boolean {
  return telling.length >= FEWEST_WORDS && phrases.length + excluded.length === 0;
}

function toList(id: string | undefined): string[] | undefined {
  return id === undefined ? undefined : [id];
}

function ofMessage({ message_id, chat_id, excerpt }: MessageHit, { tokens }: Question): Hit {
  return { kind: "message", chat_id, message_id, snippet: toSnippet(excerpt, tokens) };
}

function ofPassage({ fileId, page, start, end, text }: FoundPassage, { tokens }: Question): Hit {
  const snippet = toSnippet(text, tokens);
  return { kind: "passage", file_id: fileId, page, start, end, snippet };
}

/** Ranks of different searches say nothing of each other but their order. */
function fuse(lists: Hit[][]): SearchHit[] {
  return lists
    .flatMap((hits) => hits.map((hit, index) => ({ ...hit, score: 1 / (RANK_OFFSET + index + 1) })))
    .toSorted((a, b) => b.score - a.score);
}
