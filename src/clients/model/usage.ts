/** What an answer took, as the providers count it. Pure. */
import { type Fields, toFields } from "./fields.ts";

export type TokenCount = {
  /** Those from the provider's cache included. */
  promptTokens: number;
  /** Reasoning included. */
  completionTokens: number;
  /** How many of the prompt's came from the provider's cache; absent where it does not say. */
  cachedTokens?: number;
  /** How many of the completion's were reasoning; absent where it does not say. */
  reasoningTokens?: number;
};

/** The largest `integer` of Postgres: no provider serves more in one call. */
const LARGEST_COUNT = 2_147_483_647;

/**
 * The count in a `usage` object; undefined where what is called a count is none, or cannot be stored:
 * then it is estimated, as where there is none.
 */
export function toTokenCount(usage: unknown): TokenCount | undefined {
  const fields = toFields(usage);
  const prompt = fields && readPrompt(fields);
  if (!fields || !prompt) return undefined;
  const total = firstCount(fields, "total_tokens");
  const said = firstCount(fields, "completion_tokens", "output_tokens");
  const visible = said ?? (total === undefined ? undefined : total - prompt.tokens);
  if (visible === undefined || visible < 0) return undefined;
  const reasoning = readReasoning(fields);
  const outside = reasoningOutside(prompt.tokens + visible, total, { visible, reasoning });
  const completion = visible + outside;
  if (prompt.tokens + completion > LARGEST_COUNT) return undefined;
  const thought = reasoning ?? (outside > 0 ? outside : undefined);
  return {
    promptTokens: prompt.tokens,
    completionTokens: completion,
    ...(prompt.cached !== undefined && { cachedTokens: Math.min(prompt.cached, prompt.tokens) }),
    ...(thought !== undefined && { reasoningTokens: Math.min(thought, completion) }),
  };
}

/**
 * A count and a later one of the same answer. Providers that count as they go send sums, so the later
 * wins, but a zero replaces nothing, and what it leaves out stands.
 */
export function mergeCounts(earlier: TokenCount | undefined, later: TokenCount): TokenCount {
  if (!earlier) return later;
  const cached = later.cachedTokens || earlier.cachedTokens;
  const reasoning = later.reasoningTokens || earlier.reasoningTokens;
  return {
    promptTokens: later.promptTokens || earlier.promptTokens,
    completionTokens: later.completionTokens || earlier.completionTokens,
    ...(cached !== undefined && { cachedTokens: cached }),
    ...(reasoning !== undefined && { reasoningTokens: reasoning }),
  };
}

/** Anthropic counts what came from its cache, or went there, beside `input_tokens`; all others inside. */
function readPrompt(fields: Fields): { tokens: number; cached: number | undefined } | undefined {
  const cached = readCached(fields);
  const inside = firstCount(fields, "prompt_tokens");
  const tokens = inside ?? firstCount(fields, "input_tokens");
  if (tokens === undefined) return undefined;
  const isBeside = "cache_read_input_tokens" in fields && inside === undefined;
  if (!isBeside && (cached ?? 0) <= tokens) return { tokens, cached };
  const written = firstCount(fields, "cache_creation_input_tokens") ?? 0;
  return { tokens: tokens + (cached ?? 0) + written, cached };
}

function readCached(fields: Fields): number | undefined {
  const details =
    toFields(fields.prompt_tokens_details) ?? toFields(fields.input_tokens_details) ?? {};
  return (
    firstCount(details, "cached_tokens") ??
    // DeepSeek, Anthropic and what follows it, Moonshot.
    firstCount(fields, "prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens")
  );
}

function readReasoning(fields: Fields): number | undefined {
  const details =
    toFields(fields.completion_tokens_details) ?? toFields(fields.output_tokens_details) ?? {};
  return firstCount(details, "reasoning_tokens") ?? firstCount(fields, "reasoning_tokens");
}

/** Some count reasoning inside of the completion, some beside it: the total tells, where there is one. */
function reasoningOutside(
  sum: number,
  total: number | undefined,
  { visible, reasoning = 0 }: { visible: number; reasoning: number | undefined },
): number {
  if (total !== undefined) return Math.max(total - sum, 0);
  return reasoning > visible ? reasoning : 0;
}

function firstCount(fields: Fields, ...names: string[]): number | undefined {
  return names.map((name) => fields[name]).find(isCount);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_COUNT;
}
