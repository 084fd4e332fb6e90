/** Searches the documents of a turn: by the user's own words, and by what a model makes of them. */
import { type EmbedDeps, embedQuestion, embedQuestions } from "../../retrieval/embed.ts";
import { findPassages, findPassagesOfEach } from "../../retrieval/find.ts";
import { fusePassages } from "../../retrieval/fuse.ts";
import type { FoundPassage } from "../../retrieval/passage.ts";
import { rerankPassages } from "../../retrieval/rerank.ts";
import type { Queries } from "../store/answer.ts";
import type { PastMessage } from "../store/turn.ts";
import { rewriteQuestion, type Rewriting } from "./rewrite.ts";

type Searched = {
  /** The best first, and last those that they refer to. */
  found: FoundPassage[];
  /** False where nothing that was found seems to speak of the question. */
  isRelevant: boolean;
  queries: Queries;
};

const MOST_FOUND = 24;

/** More, because the answer may stand behind them. */
const MOST_RERANKED = 48;

/** Passages that the best ones refer to, such as the clauses that they are subject to. */
const MOST_REFERRED = 12;

/** A user message as short as this is searched together with the one before it. */
const SHORT_MESSAGE = 60;

/**
 * Two trips to Postgres: one for the user's own words, while the model writes queries, and one for all its queries; only the
 * first where there are none.
 */
export async function searchDocuments(deps: EmbedDeps, input: Rewriting): Promise<Searched> {
  const { userId, path, documents } = input;
  const scope = { userId, fileIds: documents.map(({ id }) => id) };
  const failed = new AbortController();
  const stop = AbortSignal.any([input.stop, failed.signal]);
  const rewriting = rewriteQuestion(deps, { ...input, stop });
  const own = await findByOwnWords(deps, scope, path).catch((error: unknown) => {
    // Nobody waits for the queries any more.
    failed.abort();
    throw error;
  });
  const queries = await rewriting;
  const isNeeded = queries.texts.length > 0 && !input.stop.aborted;
  const others = isNeeded ? await findByQueries(deps, scope, queries.texts) : [];
  const searches = [own, ...others];
  const lists = searches.map(({ passages }) => passages);
  const { found, referred } = fusePassages(lists, mostFound(deps));
  const ranked = await rerankPassages(deps, { ...input, query: queryOf(path) }, found);
  return {
    found: [...ranked.slice(0, MOST_FOUND), ...referred.slice(0, MOST_REFERRED)],
    isRelevant: searches.some(({ isRelevant }) => isRelevant),
    queries,
  };
}

type Scope = { userId: string; fileIds: string[] };

async function findByOwnWords(
  deps: EmbedDeps,
  { userId, fileIds }: Scope,
  path: readonly PastMessage[],
) {
  const query = queryOf(path);
  const vector = await embedQuestion(deps, userId, query);
  return findPassages(deps.db, userId, { query, vector, fileIds, ...limits(deps) });
}

async function findByQueries(deps: EmbedDeps, { userId, fileIds }: Scope, texts: string[]) {
  const vectors = await embedQuestions(deps, userId, texts);
  const searches = texts.map((query, index) => ({
    query,
    vector: vectors[index],
    fileIds,
    ...limits(deps),
  }));
  return findPassagesOfEach(deps.db, userId, searches);
}

const limits = (deps: EmbedDeps) => ({ limit: mostFound(deps), mostReferred: MOST_REFERRED });

function mostFound({ config }: EmbedDeps): number {
  return config.RERANK_MODEL === undefined ? MOST_FOUND : MOST_RERANKED;
}

/** The last user message, after the one before it where it is short. */
function queryOf(path: readonly PastMessage[]): string {
  const messages = path.filter(({ type }) => type === "user").map(({ content }) => content);
  const last = messages.at(-1) ?? "";
  const isShort = last.length < SHORT_MESSAGE;
  return [...(isShort ? messages.slice(-2, -1) : []), last].join("\n");
}
