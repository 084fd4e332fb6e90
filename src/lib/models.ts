/** The built-in models, and the prices of their tokens. */
import { utf8Length } from "./bytes.ts";

export type Provider = "openai" | "anthropic";

export type Model = {
  name: string;
  provider: Provider;
  /** Prompt and answer together. */
  contextTokens: number;
  /** The most tokens of one answer. */
  maxOutputTokens: number;
  /** US dollars per million tokens, which is micro-dollars per token. */
  promptPrice: number;
  /** The price of prompt tokens from the provider's cache; `promptPrice` if absent. */
  cachedPrice?: number;
  completionPrice: number;
  /** Request parameters that its provider is known to refuse. */
  refuses?: readonly Parameter[];
  /** True if it spends tokens on reasoning before its first word. */
  reasons?: boolean;
  /** The model of another provider for a failover. */
  fallback?: string;
};

/** Request parameters that some providers refuse. */
export const PARAMETERS = [
  "max_completion_tokens",
  "max_tokens",
  "stream",
  "stream_options",
  "response_format",
  "dimensions",
  "encoding_format",
] as const;

export type Parameter = (typeof PARAMETERS)[number];

/** US dollars per million tokens of a prompt, of a prompt from the cache, and of a completion. */
type Prices = readonly [prompt: number, cached: number, completion: number];

const row = (
  name: string,
  provider: Provider,
  contextTokens: number,
  [promptPrice, cachedPrice, completionPrice]: Prices,
  fallback?: string,
): Model => ({
  name,
  provider,
  contextTokens,
  maxOutputTokens: 8_192,
  promptPrice,
  cachedPrice,
  completionPrice,
  ...(fallback !== undefined && { fallback }),
});

const FREE: Prices = [0, 0, 0];

/** The context of a fallback fits every prompt built for its model. */
export const OFFERED: readonly Model[] = [
  row("gpt-4o-mini", "openai", 128_000, [0.15, 0.075, 0.6], "claude-haiku-4-5"),
  row("gpt-4o", "openai", 128_000, [2.5, 1.25, 10], "claude-sonnet-4-5"),
  row("gpt-4.1-nano", "openai", 1_047_576, [0.1, 0.025, 0.4], "claude-haiku-4-5"),
  row("gpt-4.1-mini", "openai", 1_047_576, [0.4, 0.1, 1.6], "claude-haiku-4-5"),
  row("gpt-4.1", "openai", 1_047_576, [2, 0.5, 8], "claude-sonnet-4-5"),
  row("gpt-5-mini", "openai", 400_000, [0.25, 0.025, 2], "claude-haiku-4-5"),
  row("gpt-5", "openai", 400_000, [1.25, 0.125, 10], "claude-sonnet-4-5"),
  row("claude-haiku-4-5", "anthropic", 200_000, [1, 0.1, 5], "gpt-4.1-mini"),
  row("claude-sonnet-4-5", "anthropic", 200_000, [3, 0.3, 15], "gpt-4.1"),
  row("claude-opus-4-1", "anthropic", 200_000, [15, 1.5, 75], "gpt-5"),
];

/**
 * The model of that name from the table. A name in `configured` that the table does not have (compatible
 * providers have their own names) gets a cautious size and no price. Undefined for any other name.
 */
export function findModel(
  name: string,
  configured: readonly string[],
  table: readonly Model[] = OFFERED,
): Model | undefined {
  const offered = table.find((model) => model.name === name);
  return offered || !configured.includes(name) ? offered : ownModel(name);
}

/** A model with unknown properties. */
export function ownModel(name: string): Model {
  return { ...row(name, "openai", 32_768, FREE), maxOutputTokens: 4_096 };
}

/** An embedding model. Its output costs nothing. */
export type EmbeddingModel = Model & {
  /** The width to request; undefined if the model has only one width. */
  dimensions: number | undefined;
};

const embeddingRow = (name: string, promptPrice: number, dimensions?: number): EmbeddingModel => ({
  ...row(name, "openai", 8_192, [promptPrice, promptPrice, 0]),
  dimensions,
});

/** The width of stored vectors. */
export const STORED_WIDTH = 1_536;

export const EMBEDDING: readonly EmbeddingModel[] = [
  embeddingRow("text-embedding-3-small", 0.02, STORED_WIDTH),
  embeddingRow("text-embedding-3-large", 0.13, STORED_WIDTH),
  embeddingRow("text-embedding-ada-002", 0.1),
];

/** The embedding model of that name, without a price if it is unknown; undefined for "none". */
export function findEmbeddingModel(
  name: string,
  table: readonly EmbeddingModel[] = EMBEDDING,
): EmbeddingModel | undefined {
  if (name === "none") return undefined;
  return table.find((model) => model.name === name) ?? embeddingRow(name, 0);
}

/** The model for a failover; undefined without one. */
export function fallbackOf(
  { fallback }: Model,
  table: readonly Model[] = OFFERED,
): Model | undefined {
  return table.find((model) => model.name === fallback);
}

const PICO_PER_MICRO = 1_000_000;
const COST_DIGITS = 12;
const SHOWN_DIGITS = 6;

/** The cost of a call in US dollars, as an exact decimal with at least six decimals. */
export function costOf(
  { promptPrice, cachedPrice = promptPrice, completionPrice }: Model,
  usage: { promptTokens: number; completionTokens: number; cachedTokens?: number },
): string {
  const { promptTokens, completionTokens, cachedTokens = 0 } = usage;
  const pico =
    BigInt(promptTokens - cachedTokens) * picoPrice(promptPrice) +
    BigInt(cachedTokens) * picoPrice(cachedPrice) +
    BigInt(completionTokens) * picoPrice(completionPrice);
  return formatCost(pico);
}

/** Converts a decimal of the database (`0.000123000000`) to the wire form (`0.000123`). */
export function trimCost(decimal: string): string {
  const [whole = "0", fraction = ""] = decimal.split(".");
  return `${whole}.${fraction.replace(/0+$/, "").padEnd(SHOWN_DIGITS, "0")}`;
}

function picoPrice(microsPerToken: number): bigint {
  return BigInt(Math.round(microsPerToken * PICO_PER_MICRO));
}

function formatCost(pico: bigint): string {
  const digits = pico.toString().padStart(COST_DIGITS + 1, "0");
  return trimCost(`${digits.slice(0, -COST_DIGITS)}.${digits.slice(-COST_DIGITS)}`);
}

/** An estimate that suffices for budgets in most scripts. */
export const BYTES_PER_TOKEN = 4;

/** The estimated tokens of a text, from its bytes. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}
