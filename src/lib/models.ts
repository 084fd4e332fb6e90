/** The built-in models. */
import { utf8Length } from "./bytes.ts";
import { findPublished } from "./price-table.ts";
import { costAt, type PricedTokens, type Prices, ratesAt } from "./prices.ts";

export type Provider = "openai" | "anthropic";

export type Model = {
  name: string;
  provider: Provider;
  /** Prompt and answer together. */
  contextTokens: number;
  /** The most tokens of one answer. */
  maxOutputTokens: number;
  /** Absent while unknown. */
  prices?: Prices | undefined;
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

/** Where the providers serve their models, unless a base URL is configured. */
export const DEFAULT_BASE_URLS: Record<Provider, string> = {
  openai: "https://api.openai.com/v1",
  anthropic: "https://api.anthropic.com/v1/",
};

const row = (
  name: string,
  provider: Provider,
  contextTokens: number,
  fallback?: string,
): Model => ({
  name,
  provider,
  contextTokens,
  maxOutputTokens: 8_192,
  prices: findPublished(DEFAULT_BASE_URLS[provider], name)?.prices,
  ...(fallback !== undefined && { fallback }),
});

/** The context of a fallback fits every prompt built for its model. */
export const OFFERED: readonly Model[] = [
  row("gpt-4o-mini", "openai", 128_000, "claude-haiku-4-5"),
  row("gpt-4o", "openai", 128_000, "claude-sonnet-4-5"),
  row("gpt-4.1-nano", "openai", 1_047_576, "claude-haiku-4-5"),
  row("gpt-4.1-mini", "openai", 1_047_576, "claude-haiku-4-5"),
  row("gpt-4.1", "openai", 1_047_576, "claude-sonnet-4-5"),
  row("gpt-5-mini", "openai", 400_000, "claude-haiku-4-5"),
  row("gpt-5", "openai", 400_000, "claude-sonnet-4-5"),
  row("claude-haiku-4-5", "anthropic", 200_000, "gpt-4.1-mini"),
  row("claude-sonnet-4-5", "anthropic", 200_000, "gpt-4.1"),
  row("claude-opus-4-1", "anthropic", 200_000, "gpt-5"),
];

/** The models to choose from, and where a model of no known name is served. */
export type ModelTable = {
  chat: readonly Model[];
  embedding: readonly EmbeddingModel[];
  /** The configured base URL for names that the tables do not have; absent for the provider's own. */
  openaiUrl?: string;
};

/**
 * The model of that name from the table. A name in `configured` that the table does not have (compatible
 * providers have their own names) gets a cautious size, and its price where the provider publishes one.
 * Undefined for any other name.
 */
export function findModel(
  name: string,
  configured: readonly string[],
  { chat, openaiUrl }: ModelTable = BUILT_IN,
): Model | undefined {
  const offered = chat.find((model) => model.name === name);
  return offered || !configured.includes(name) ? offered : ownModel(name, openaiUrl);
}

/** The configured models, as far as small tasks need them. */
type SmallModelConfig = {
  TITLE_MODEL?: string | undefined;
  DEFAULT_MODEL: string;
  MODELS: ModelTable;
};

/** The model of small tasks beside an answer, such as a title. */
export function findSmallModel({ TITLE_MODEL, DEFAULT_MODEL, MODELS }: SmallModelConfig): Model {
  const name = TITLE_MODEL ?? DEFAULT_MODEL;
  return findModel(name, [name], MODELS) ?? ownModel(name, MODELS.openaiUrl);
}

/** A model with unknown properties, and the price at its provider where that is published. */
export function ownModel(name: string, baseUrl = DEFAULT_BASE_URLS.openai): Model {
  const prices = findPublished(baseUrl, name)?.prices;
  return { ...row(name, "openai", 32_768), maxOutputTokens: 4_096, prices };
}

/** An embedding model. Its output costs nothing. */
export type EmbeddingModel = Model & {
  /** The width to request; undefined if the model has only one width. */
  dimensions: number | undefined;
};

const embeddingRow = (name: string, dimensions?: number): EmbeddingModel => ({
  ...row(name, "openai", 8_192),
  dimensions,
});

/** The width of stored vectors. */
export const STORED_WIDTH = 1_536;

export const EMBEDDING: readonly EmbeddingModel[] = [
  embeddingRow("text-embedding-3-small", STORED_WIDTH),
  embeddingRow("text-embedding-3-large", STORED_WIDTH),
  embeddingRow("text-embedding-ada-002"),
];

const BUILT_IN: ModelTable = { chat: OFFERED, embedding: EMBEDDING };

/** The embedding model of that name, whose price may be unknown; undefined for "none". */
export function findEmbeddingModel(
  name: string,
  { embedding, openaiUrl = DEFAULT_BASE_URLS.openai }: ModelTable = BUILT_IN,
): EmbeddingModel | undefined {
  if (name === "none") return undefined;
  const found = embedding.find((model) => model.name === name);
  const prices = findPublished(openaiUrl, name)?.prices;
  return found ?? { ...embeddingRow(name), prices };
}

/** The model for a failover; undefined without one. */
export function fallbackOf(
  { fallback }: Model,
  { chat }: ModelTable = BUILT_IN,
): Model | undefined {
  return chat.find((model) => model.name === fallback);
}

/** The cost of a call at a time, in US dollars as an exact decimal; null while the price is unknown. */
export function costOf({ prices }: Model, tokens: PricedTokens, at: Date): string | null {
  const rates = ratesAt(prices, at);
  return rates ? costAt(rates, tokens) : null;
}

/** An estimate that suffices for budgets in most scripts. */
export const BYTES_PER_TOKEN = 4;

/** The estimated tokens of a text, from its bytes. */
export function estimateTokens(text: string): number {
  return Math.ceil(utf8Length(text) / BYTES_PER_TOKEN);
}
