/** The models that may be asked for, and what their tokens cost. */
import { utf8Length } from "./bytes.ts";

export type Provider = "openai" | "anthropic";

export type Model = {
  name: string;
  provider: Provider;
  /** Prompt and answer together. */
  contextTokens: number;
  /** The most that one answer may take of it. */
  maxOutputTokens: number;
  /** US dollars per million tokens, which is micro-dollars per token. */
  promptPrice: number;
  /** Of prompt tokens that came from the provider's cache; `promptPrice` where it is absent. */
  cachedPrice?: number;
  completionPrice: number;
  /** Parameters of a request that its provider is known to refuse. */
  refuses?: readonly Parameter[];
  /** True where it spends tokens on reasoning before its first word. */
  reasons?: boolean;
  /** The model of another provider that answers where this one's fails before its first word. */
  fallback?: string;
};

/** What a request has beside its model and its messages, and some providers refuse. */
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

/** A fallback takes every prompt that was made for the model before it. */
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
 * The model of that name: from the table, or one that the configuration itself names (a compatible
 * provider has names of its own), of which neither size nor price is known, so a cautious size and
 * no price stand in. Undefined for any other.
 */
export function findModel(
  name: string,
  configured: readonly string[],
  table: readonly Model[] = OFFERED,
): Model | undefined {
  const offered = table.find((model) => model.name === name);
  return offered || !configured.includes(name) ? offered : ownModel(name);
}

/** A model of which nothing is known. */
export function ownModel(name: string): Model {
  return { ...row(name, "openai", 32_768, FREE), maxOutputTokens: 4_096 };
}

/** A model that turns texts into vectors. Its answers cost nothing. */
export type EmbeddingModel = Model & {
  /** The width to ask for; undefined where the model has one width only. */
  dimensions: number | undefined;
};

const embeddingRow = (name: string, promptPrice: number, dimensions?: number): EmbeddingModel => ({
  ...row(name, "openai", 8_192, [promptPrice, promptPrice, 0]),
  dimensions,
});

/** As wide as the vectors that are stored. */
export const STORED_WIDTH = 1_536;

export const EMBEDDING: readonly EmbeddingModel[] = [
  embeddingRow("text-embedding-3-small", 0.02, STORED_WIDTH),
  embeddingRow("text-embedding-3-large", 0.13, STORED_WIDTH),
  embeddingRow("text-embedding-ada-002", 0.1),
];

/** The embedding model of that name, without a price where it is unknown; undefined for "none". */
export function findEmbeddingModel(
  name: string,
  table: readonly EmbeddingModel[] = EMBEDDING,
): EmbeddingModel | undefined {
  if (name === "none") return undefined;
  return table.find((model) => model.name === name) ?? embeddingRow(name, 0);
}

/** The model that stands in for this one; undefined where there is none. */
export function fallbackOf(
  { fallback }: Model,
  table: readonly Model[] = OFFERED,
): Model | undefined {
  return table.find((model) => model.name === fallback);
}

const PICO_PER_MICRO = 1_000_000;
const COST_DIGITS = 12;
const SHOWN_DIGITS = 6;

/** What a call cost, in US dollars as an exact decimal with at least six places. */
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

/** A decimal of the database (`0.000123000000`) as the wire shows it (`0.000123`). */
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

/** Near enough for budgets, for most scripts. */
export const BYTES_PER_TOKEN = 4;

/** Tokens of a text, guessed from its bytes. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}
