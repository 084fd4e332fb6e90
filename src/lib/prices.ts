/**
 * What the tokens of a call cost. Exact: rates are integers, in pico-dollars (10^-12 US dollars) per token. Pure.
 *
 * The built-in rates are generated from `@pydantic/genai-prices` by `npm run prices`.
 */

/** Pico-dollars per token; or tiers, by ascending prompt size: the last one above whose start a prompt is applies. */
export type Rate = number | readonly Tier[];

/** `[start, rate]`: the rate of a whole call whose prompt has more than `start` tokens. */
type Tier = readonly [start: number, rate: number];

/** The rates of one model. Tokens whose own rate is absent cost that of `prompt` or `completion`. */
export type Rates = {
  prompt: Rate;
  completion: Rate;
  /** Prompt tokens read from the provider's cache, and written to it. */
  cached?: Rate;
  cacheWrite?: Rate;
  /** Completion tokens of reasoning. */
  reasoning?: Rate;
  audioPrompt?: Rate;
  audioCompletion?: Rate;
};

/** Rates and when they are valid; of several the last valid one applies. */
export type Price = {
  rates: Rates;
  /** The first day, ISO 8601, UTC. */
  from?: string;
  /** Hours of each day, UTC: from inclusive, to exclusive, as `HH:MM`. */
  hours?: readonly [from: string, to: string];
};

/** The prices of a model. */
export type Prices = readonly Price[];

export type PricedTokens = {
  /** Cached, written and audio tokens included. */
  promptTokens: number;
  /** Reasoning and audio tokens included. */
  completionTokens: number;
  cachedTokens?: number | undefined;
  cacheWriteTokens?: number | undefined;
  reasoningTokens?: number | undefined;
  audioPromptTokens?: number | undefined;
  audioCompletionTokens?: number | undefined;
};

/** Counts that are part of another, and may have rates of their own; named here, in the database and on the wire. */
export const TOKEN_PARTS = [
  { name: "cachedTokens", column: "cached_tokens", of: "prompt" },
  { name: "cacheWriteTokens", column: "cache_write_tokens", of: "prompt" },
  { name: "audioPromptTokens", column: "audio_prompt_tokens", of: "prompt" },
  { name: "reasoningTokens", column: "reasoning_tokens", of: "completion" },
  { name: "audioCompletionTokens", column: "audio_completion_tokens", of: "completion" },
] as const;

const PICO_PER_MICRO = 1_000_000;
const MILLION = 1_000_000n;
const COST_DIGITS = 12;
const SHOWN_DIGITS = 6;

/** The rates that are valid at a time; undefined while no price is known. */
export function ratesAt(prices: Prices | undefined, at: Date): Rates | undefined {
  return prices?.findLast((price) => isValid(price, at.toISOString()))?.rates;
}

function isValid({ from, hours }: Price, at: string): boolean {
  if (from !== undefined && at.slice(0, 10) < from) return false;
  if (!hours) return true;
  const [start, end] = hours;
  const time = at.slice(11, 16);
  return start < end ? time >= start && time < end : time >= start || time < end;
}

/** The cost of a call in US dollars, as an exact decimal with at least six decimals. */
export function costAt(rates: Rates, tokens: PricedTokens): string {
  return formatCost(picoCost(rates, tokens));
}

/** The cost of a call in pico-dollars. */
export function picoCost(rates: Rates, tokens: PricedTokens): bigint {
  const { promptTokens, completionTokens } = tokens;
  const prompt: [Rate, number][] = [
    [rates.cached ?? rates.prompt, tokens.cachedTokens ?? 0],
    [rates.cacheWrite ?? rates.prompt, tokens.cacheWriteTokens ?? 0],
    [rates.audioPrompt ?? rates.prompt, tokens.audioPromptTokens ?? 0],
  ];
  const completion: [Rate, number][] = [
    [rates.reasoning ?? rates.completion, tokens.reasoningTokens ?? 0],
    [rates.audioCompletion ?? rates.completion, tokens.audioCompletionTokens ?? 0],
  ];
  const parts = [
    ...split(rates.prompt, promptTokens, prompt),
    ...split(rates.completion, completionTokens, completion),
  ];
  return parts.reduce(
    (sum, [rate, count]) => sum + BigInt(count) * perToken(rate, promptTokens),
    0n,
  );
}

/**
 * The most that a call of a model can cost, in pico-dollars, whatever part of its tokens is cached, written or sound
 * and whatever the hour; undefined while no price is known.
 */
export function mostCost(
  prices: Prices | undefined,
  { promptTokens, completionTokens }: Pick<PricedTokens, "promptTokens" | "completionTokens">,
): bigint | undefined {
  if (!prices || prices.length === 0) return undefined;
  const rates = prices.map((price) => price.rates);
  const prompt = rates.flatMap((each) => [
    each.prompt,
    each.cached,
    each.cacheWrite,
    each.audioPrompt,
  ]);
  const completion = rates.flatMap((each) => [
    each.completion,
    each.reasoning,
    each.audioCompletion,
  ]);
  return BigInt(promptTokens) * highest(prompt) + BigInt(completionTokens) * highest(completion);
}

function highest(rates: readonly (Rate | undefined)[]): bigint {
  const all = rates.flatMap((rate) => {
    if (rate === undefined) return [];
    return typeof rate === "number" ? [rate] : rate.map(([, tier]) => tier);
  });
  return BigInt(Math.max(0, ...all));
}

/** Each part within what is left of the total, and the rest at the total's own rate: no token is paid twice. */
function split(rate: Rate, total: number, parts: readonly [Rate, number][]): [Rate, number][] {
  let left = total;
  const within = parts.map(([own, count]): [Rate, number] => {
    const taken = Math.min(count, left);
    left -= taken;
    return [own, taken];
  });
  return [...within, [rate, left]];
}

function perToken(rate: Rate, promptTokens: number): bigint {
  if (typeof rate === "number") return BigInt(rate);
  const [, tier = 0] = rate.findLast(([start]) => promptTokens > start) ?? rate[0] ?? [];
  return BigInt(tier);
}

/** The prices of calls whose prompt has more than `above` tokens: US dollars per million tokens, as exact decimals. */
export type PriceTier = {
  above: number;
  prompt: string;
  cached?: string;
  cacheWrite?: string;
  completion: string;
  reasoning?: string;
};

/** The prices that are valid at a time, by ascending prompt size; undefined while no price is known. */
export function priceTiersAt(prices: Prices | undefined, at: Date): PriceTier[] | undefined {
  const rates = ratesAt(prices, at);
  if (!rates) return undefined;
  const { prompt, completion, cached, cacheWrite, reasoning } = rates;
  const starts = [prompt, completion, cached, cacheWrite, reasoning].flatMap(startsOf);
  const ascending = [...new Set([0, ...starts])].toSorted((a, b) => a - b);
  return ascending.map((above) => tierAbove(rates, above));
}

function startsOf(rate: Rate | undefined): number[] {
  return typeof rate === "object" ? rate.map(([start]) => start) : [];
}

function tierAbove(rates: Rates, above: number): PriceTier {
  const { prompt, completion, cached, cacheWrite, reasoning } = rates;
  const price = (rate: Rate) => formatCost(perToken(rate, above + 1) * MILLION);
  return {
    above,
    prompt: price(prompt),
    completion: price(completion),
    ...(cached !== undefined && { cached: price(cached) }),
    ...(cacheWrite !== undefined && { cacheWrite: price(cacheWrite) }),
    ...(reasoning !== undefined && { reasoning: price(reasoning) }),
  };
}

/** Converts a decimal of the database (`0.000123000000`) to the wire form (`0.000123`). */
export function trimCost(decimal: string): string {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.replace(/0+$/, "").padEnd(SHOWN_DIGITS, "0")}`;
}

/** A rate from US dollars per million tokens, which is micro-dollars per token. */
export function toRate(dollarsPerMillion: number): number {
  return Math.round(dollarsPerMillion * PICO_PER_MICRO);
}

/** Pico-dollars as an exact decimal of US dollars, with at least six decimals. */
export function formatCost(pico: bigint): string {
  const digits = pico.toString().padStart(COST_DIGITS + 1, "0");
  return trimCost(`${digits.slice(0, -COST_DIGITS)}.${digits.slice(-COST_DIGITS)}`);
}
