/** Merges the configured models (`MODELS`) into the built-in table. */
import { z } from "zod";
import {
  EMBEDDING,
  type EmbeddingModel,
  findEmbeddingModel,
  type Model,
  type ModelTable,
  OFFERED,
  ownModel,
  PARAMETERS,
  STORED_WIDTH,
} from "./models.ts";
import { type Prices, type Rates, toRate } from "./prices.ts";

/** US dollars per million tokens. */
const price = z.number().nonnegative().optional();
const tokens = z.int().positive().optional();

const Settings = z.strictObject({
  provider: z.enum(["openai", "anthropic"]).optional(),
  context_tokens: tokens,
  max_output_tokens: tokens,
  prompt_price: price,
  cached_price: price,
  completion_price: price,
  cache_write_price: price,
  reasoning_price: price,
  audio_prompt_price: price,
  audio_completion_price: price,
  refuses: z.array(z.enum(PARAMETERS)).optional(),
  reasons: z.boolean().optional(),
  fallback: z.string().min(1).nullable().optional(),
  /** Makes it an embedding model: the width to request, null if it has only one width. */
  dimensions: z.int().positive().max(STORED_WIDTH).nullable().optional(),
});

type Settings = z.infer<typeof Settings>;

/** The longest model name that a request may contain. */
const LONGEST_NAME = 100;

/** Parses settings by model name into the whole table. Issues name the model and the setting. */
export const Models = z
  .record(z.string().min(1).max(LONGEST_NAME), Settings)
  .transform((settings, context): ModelTable => {
    const table = toTable(Object.entries(settings));
    for (const { path, message } of findFaults(settings, table)) {
      context.addIssue({ code: "custom", path, message });
    }
    return table;
  });

function toTable(settings: [string, Settings][]): ModelTable {
  const isEmbedding = ([name, { dimensions }]: [string, Settings]) =>
    dimensions !== undefined || EMBEDDING.some((model) => model.name === name);
  const [embedding, chat] = [true, false].map((wanted) =>
    settings.filter((entry) => isEmbedding(entry) === wanted),
  );
  return {
    chat: merge(OFFERED, (chat ?? []).map(toModel)),
    embedding: merge(EMBEDDING, (embedding ?? []).map(toEmbeddingModel)),
  };
}

function merge<T extends Model>(known: readonly T[], configured: readonly T[]): T[] {
  const names = new Set(configured.map(({ name }) => name));
  return [...known.filter(({ name }) => !names.has(name)), ...configured];
}

function toModel([name, settings]: [string, Settings]): Model {
  const known = OFFERED.find((model) => model.name === name) ?? ownModel(name);
  const { fallback: knownFallback, ...rest } = known;
  const fallback = settings.fallback === undefined ? knownFallback : settings.fallback;
  return {
    ...rest,
    ...propertiesOf(settings, known),
    ...(typeof fallback === "string" && { fallback }),
  };
}

/** An embedding has no completion to pay for. */
function toEmbeddingModel([name, given]: [string, Settings]): EmbeddingModel {
  const settings = { completion_price: given.prompt_price && 0, ...given };
  const known = findEmbeddingModel(name) ?? { ...ownModel(name), dimensions: undefined };
  const { dimensions = known.dimensions } = settings;
  return { ...known, ...propertiesOf(settings, known), dimensions: dimensions ?? undefined };
}

/** If only the context is configured, the output may take this fraction of it (a quarter). */
const OUTPUT_SHARE = 4;

function propertiesOf(settings: Settings, known: Model): Omit<Model, "name" | "fallback"> {
  const { context_tokens: contextTokens = known.contextTokens } = settings;
  const output = Math.min(known.maxOutputTokens, Math.ceil(contextTokens / OUTPUT_SHARE));
  return {
    provider: settings.provider ?? known.provider,
    contextTokens,
    maxOutputTokens: settings.max_output_tokens ?? output,
    prices: toPrices(settings, known.prices),
    ...(settings.refuses && { refuses: settings.refuses }),
    ...(settings.reasons !== undefined && { reasons: settings.reasons }),
  };
}

/**
 * Configured prices are valid at any time. A known rate of cached, written or audio tokens does not go with
 * another price of the prompt, nor one of reasoning or audio with another price of the completion.
 */
function toPrices(settings: Settings, prices: Prices | undefined): Prices | undefined {
  const given = toRates(settings);
  const { prompt, completion } = given;
  if (prompt !== undefined && completion !== undefined) {
    return [{ rates: { ...given, prompt, completion } }];
  }
  return prices?.map(({ rates, ...validity }) => ({
    ...validity,
    rates: { ...withoutReplaced(rates, given), ...given },
  }));
}

function withoutReplaced(rates: Rates, given: Partial<Rates>): Rates {
  const { cached: _, cacheWrite: _w, audioPrompt: _p, ...ofCompletion } = rates;
  const { reasoning: _r, audioCompletion: _c, ...ofPrompt } = rates;
  if (given.prompt !== undefined) return ofCompletion;
  return given.completion !== undefined ? ofPrompt : rates;
}

/** The configured rates, by their setting. */
const RATES = {
  prompt: "prompt_price",
  completion: "completion_price",
  cached: "cached_price",
  cacheWrite: "cache_write_price",
  reasoning: "reasoning_price",
  audioPrompt: "audio_prompt_price",
  audioCompletion: "audio_completion_price",
} as const satisfies Record<keyof Rates, keyof Settings>;

function toRates(settings: Settings): Partial<Rates> {
  const given = Object.entries(RATES).flatMap(([rate, setting]) => {
    const dollars = settings[setting];
    return dollars === undefined ? [] : [[rate, toRate(dollars)]];
  });
  return Object.fromEntries(given);
}

type Fault = { path: string[]; message: string };

/** Checks rules across several settings. */
function findFaults(settings: Record<string, Settings>, { chat }: ModelTable): Fault[] {
  return chat.flatMap(({ name, contextTokens, maxOutputTokens, fallback, prices }): Fault[] => {
    const own = settings[name];
    if (!own) return [];
    if (!prices && Object.keys(toRates(own)).length > 0) {
      const message = "needs prompt_price and completion_price: neither is published";
      return [{ path: [name], message }];
    }
    if (maxOutputTokens >= contextTokens) {
      return [{ path: [name, "max_output_tokens"], message: "must be less than context_tokens" }];
    }
    const isKnown = fallback === undefined || chat.some((model) => model.name === fallback);
    if (isKnown && fallback !== name) return [];
    return [{ path: [name, "fallback"], message: "must name another model of the table" }];
  });
}
