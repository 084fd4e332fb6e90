/** Token counts as providers report them. Pure. */
import { type Fields, toFields } from "./fields.ts";

export type TokenCount = {
  /** Cached tokens included. */
  promptTokens: number;
  /** Reasoning included. */
  completionTokens: number;
  /** Prompt tokens read from the provider's cache; absent when it does not report them. */
  cachedTokens?: number;
  /** Completion tokens spent on reasoning; absent when the provider does not report them. */
  reasoningTokens?: number;
};

/** The largest `integer` of Postgres: no provider serves more in one call. */
const LARGEST_COUNT = 2_147_483_647;

/**
 * The counts of a `usage` object; undefined when they are missing, invalid or too large to store: the
 * caller then estimates them.
 */
export function toTokenCount(usage: unknown): TokenCount | undefined {
  const fields = toFields(usage);
  const prompt = fields && readPrompt(fields);
  if (!fields || !prompt) return undefined;
  const total = firstCount(fields, "total_tokens");
  const reported = firstCount(fields, "completion_tokens", "output_tokens");
  const counted = reported ?? (total === undefined ? undefined : total - prompt.tokens);
  if (counted === undefined || counted < 0) return undefined;
  const reasoning = readReasoning(fields);
  const outside = reasoningOutside(prompt.tokens + counted, total, { counted, reasoning });
  const completion = counted + outside;
  if (prompt.tokens + completion > LARGEST_COUNT) return undefined;
  const ofReasoning = reasoning ?? (outside > 0 ? outside : undefined);
  return {
    promptTokens: prompt.tokens,
    completionTokens: completion,
    ...(prompt.cached !== undefined && { cachedTokens: Math.min(prompt.cached, prompt.tokens) }),
    ...(ofReasoning !== undefined && { reasoningTokens: Math.min(ofReasoning, completion) }),
  };
}

/**
 * Combines two counts of the same answer. Providers that report while they stream send running totals, so
 * the later one wins, except where it is zero or absent.
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

/**
 * Anthropic reports cache reads and writes in addition to `input_tokens`; all others include them in the
 * prompt tokens.
 */
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
    // DeepSeek; Anthropic and compatible servers; Moonshot.
    firstCount(fields, "prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens")
  );
}

function readReasoning(fields: Fields): number | undefined {
  const details =
    toFields(fields.completion_tokens_details) ?? toFields(fields.output_tokens_details) ?? {};
  return firstCount(details, "reasoning_tokens") ?? firstCount(fields, "reasoning_tokens");
}

/**
 * Reasoning tokens that the completion count leaves out. Some providers include them, some do not: the
 * total shows which, if there is one.
 */
function reasoningOutside(
  sum: number,
  total: number | undefined,
  { counted, reasoning = 0 }: { counted: number; reasoning: number | undefined },
): number {
  if (total !== undefined) return Math.max(total - sum, 0);
  return reasoning > counted ? reasoning : 0;
}

function firstCount(fields: Fields, ...names: string[]): number | undefined {
  return names.map((name) => fields[name]).find(isCount);
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= LARGEST_COUNT;
}
