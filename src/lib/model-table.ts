/** Merges the configured models (`MODELS`) into the built-in table. */
import { z } from "zod";
import {
  EMBEDDING,
  type EmbeddingModel,
  findEmbeddingModel,
  type Model,
  OFFERED,
  ownModel,
  PARAMETERS,
  STORED_WIDTH,
} from "./models.ts";

type ModelTable = { chat: readonly Model[]; embedding: readonly EmbeddingModel[] };

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

function toEmbeddingModel([name, settings]: [string, Settings]): EmbeddingModel {
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
    ...promptPrices(settings, known),
    completionPrice: settings.completion_price ?? known.completionPrice,
    ...(settings.refuses && { refuses: settings.refuses }),
    ...(settings.reasons !== undefined && { reasons: settings.reasons }),
  };
}

/** The known price of cached tokens does not apply if the prompt price is overridden. */
function promptPrices(
  settings: Settings,
  known: Model,
): Pick<Model, "promptPrice" | "cachedPrice"> {
  const { prompt_price: promptPrice = known.promptPrice } = settings;
  const isKnown = promptPrice === known.promptPrice;
  const cachedPrice = settings.cached_price ?? (isKnown ? known.cachedPrice : promptPrice);
  return { promptPrice, ...(cachedPrice !== undefined && { cachedPrice }) };
}

type Fault = { path: string[]; message: string };

/** Checks rules across several settings. */
function findFaults(settings: Record<string, Settings>, { chat }: ModelTable): Fault[] {
  return chat.flatMap(({ name, contextTokens, maxOutputTokens, fallback }): Fault[] => {
    if (!settings[name]) return [];
    if (maxOutputTokens >= contextTokens) {
      return [{ path: [name, "max_output_tokens"], message: "must be less than context_tokens" }];
    }
    const isKnown = fallback === undefined || chat.some((model) => model.name === fallback);
    if (isKnown && fallback !== name) return [];
    return [{ path: [name, "fallback"], message: "must name another model of the table" }];
  });
}
