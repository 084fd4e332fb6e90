/** Token counts as providers report them. Pure. */
import { TOKEN_PARTS } from "../../lib/prices.ts";
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
  /** Prompt tokens written to the provider's cache. */
  cacheWriteTokens?: number;
  /** Tokens of sound, in the prompt and in the completion. */
  audioPromptTokens?: number;
  audioCompletionTokens?: number;
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
  const parts: Parts = {
    ...prompt.parts,
    reasoningTokens: reasoning ?? (outside > 0 ? outside : undefined),
    audioCompletionTokens: completionDetail(fields, "audio_tokens"),
  };
  return {
    promptTokens: prompt.tokens,
    completionTokens: completion,
    ...withinTotals(parts, { prompt: prompt.tokens, completion }),
  };
}

type Parts = { [Name in (typeof TOKEN_PARTS)[number]["name"]]?: number | undefined };

/** The reported parts, none larger than what it is part of. */
function withinTotals(parts: Parts, totals: { prompt: number; completion: number }) {
  const within = TOKEN_PARTS.map(({ name, of }) => {
    const count = parts[name];
    return [name, count === undefined ? undefined : Math.min(count, totals[of])] as const;
  });
  return Object.fromEntries(within.filter(([, count]) => count !== undefined));
}

/**
 * Combines two counts of the same answer. Providers that report while they stream send running totals, so
 * the later one wins, except where it is zero or absent.
 */
export function mergeCounts(earlier: TokenCount | undefined, later: TokenCount): TokenCount {
  if (!earlier) return later;
  const parts = TOKEN_PARTS.map(({ name }) => [name, later[name] || earlier[name]] as const);
  return {
    promptTokens: later.promptTokens || earlier.promptTokens,
    completionTokens: later.completionTokens || earlier.completionTokens,
    ...Object.fromEntries(parts.filter(([, count]) => count !== undefined)),
  };
}

/**
 * Anthropic reports cache reads and writes in addition to `input_tokens`; all others include them in the
 * prompt tokens.
 */
function readPrompt(fields: Fields): { tokens: number; parts: Parts } | undefined {
  const cachedTokens = readCached(fields);
  const inside = firstCount(fields, "prompt_tokens");
  const tokens = inside ?? firstCount(fields, "input_tokens");
  if (tokens === undefined) return undefined;
  const written = firstCount(fields, "cache_creation_input_tokens");
  const audioPromptTokens = promptDetail(fields, "audio_tokens");
  const parts = { cachedTokens, cacheWriteTokens: written, audioPromptTokens };
  const isBeside = "cache_read_input_tokens" in fields && inside === undefined;
  if (!isBeside && (cachedTokens ?? 0) <= tokens) return { tokens, parts };
  return { tokens: tokens + (cachedTokens ?? 0) + (written ?? 0), parts };
}

function readCached(fields: Fields): number | undefined {
  return (
    promptDetail(fields, "cached_tokens") ??
    // DeepSeek; Anthropic and compatible servers; Moonshot.
    firstCount(fields, "prompt_cache_hit_tokens", "cache_read_input_tokens", "cached_tokens")
  );
}

function promptDetail(fields: Fields, name: string): number | undefined {
  const details = toFields(fields.prompt_tokens_details) ?? toFields(fields.input_tokens_details);
  return details && firstCount(details, name);
}

function completionDetail(fields: Fields, name: string): number | undefined {
  const { completion_tokens_details: ours, output_tokens_details: others } = fields;
  const details = toFields(ours) ?? toFields(others);
  return details && firstCount(details, name);
}

function readReasoning(fields: Fields): number | undefined {
  return completionDetail(fields, "reasoning_tokens") ?? firstCount(fields, "reasoning_tokens");
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
