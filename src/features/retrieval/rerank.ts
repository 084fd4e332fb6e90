/** Has a reranker order the passages that a search found, if one is configured. */
import type { Deps } from "../../deps.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { estimateTokens, type Model, ownModel } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import type { NewUsage } from "../usage/queries.ts";
import type { FoundPassage } from "./passage.ts";

type RerankDeps = Pick<Deps, "model" | "config" | "clock" | "newId">;

/** Whose question it is, and for which answer. */
type Reranking = {
  userId: string;
  chatId: string;
  messageId: string;
  query: string;
  /** Aborted when the turn is stopped. */
  stop: AbortSignal;
  /** Records the cost: estimated before the call, and again with the same id as soon as it is known. */
  record: (usage: NewUsage) => void;
};

/** In UTF-16 units: rerankers read a few hundred tokens of a question. */
const LONGEST_QUERY = 2_000;

/**
 * The same passages, the most relevant first; in their order where there is no reranker, or it fails or is
 * later than `rerank_ms`. One call. Never rejects.
 */
export async function rerankPassages(
  deps: RerankDeps,
  input: Reranking,
  found: readonly FoundPassage[],
): Promise<FoundPassage[]> {
  const model = rerankerOf(deps);
  if (!model || found.length < 2) return [...found];
  const query = input.query.slice(0, LONGEST_QUERY).toWellFormed();
  const documents = found.map(({ headings, text }) => [...headings, text].join("\n"));
  const estimate = estimatedUsage(deps, input, model, [query, ...documents]);
  input.record(estimate);
  const { rerank_ms: mostMs } = deps.config.TURN_LIMITS;
  const signal = AbortSignal.any([input.stop, AbortSignal.timeout(mostMs)]);
  try {
    const request = { model, query, documents };
    const { order, usage } = await deps.model.rerank(request, signal);
    if (usage) input.record({ ...estimate, ...usage, estimated: false });
    return order.flatMap((index) => found[index] ?? []);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    if (!signal.aborted) input.record({ ...estimate, promptTokens: 0 });
    logError("reranking_skipped", { code: error.code });
    return [...found];
  }
}

function rerankerOf({ config, model: client }: RerankDeps): Model | undefined {
  const { RERANK_MODEL: name, RERANK_BASE_URL, EMBEDDING_BASE_URL, OPENAI_BASE_URL } = config;
  if (name === undefined || !client.canRerank()) return undefined;
  return ownModel(name, RERANK_BASE_URL ?? EMBEDDING_BASE_URL ?? OPENAI_BASE_URL);
}

/** The cost of a call whose outcome is unknown. */
function estimatedUsage(
  { newId, clock }: RerankDeps,
  { userId, chatId, messageId }: Reranking,
  model: Model,
  texts: string[],
): NewUsage {
  const promptTokens = texts.reduce((sum, text) => sum + estimateTokens(text), 0);
  const key = { id: newId(), userId, chatId, messageId, kind: "rerank" as const, attempt: 1 };
  const counts = { promptTokens, completionTokens: 0, estimated: true };
  return { ...key, model, ...counts, at: toIso(new Date(clock())) };
}
