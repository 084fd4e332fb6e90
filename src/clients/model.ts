/** The only file that knows the openai SDK: any provider that speaks its wire format. */
import OpenAI, { APIConnectionTimeoutError, APIError } from "openai";
import type { Config } from "../env.ts";
import type { EmbeddingModel, Model, Provider } from "../lib/models.ts";
import { Problem } from "../lib/problem.ts";
import { type Completion, readCompletion } from "./model/completion.ts";
import { readAnswer, type TakeChunks } from "./model/stream-reader.ts";
import { type TokenCount, toTokenCount } from "./model/usage.ts";

export type { ModelChunk } from "./model/chunks.ts";
export type { TokenCount } from "./model/usage.ts";

const DEFAULT_ANTHROPIC_URL = "https://api.anthropic.com/v1/";
const OVERLOADED = new Set([429, 503, 529]);

export type PromptMessage = { role: "system" | "user" | "assistant"; content: string };

export type Ask = {
  model: Model;
  messages: PromptMessage[];
  maxOutputTokens: number;
  /** Asks for a JSON answer of this shape; a provider may ignore it. */
  jsonSchema?: { name: string; schema: Record<string, unknown> };
};

export type Embeddings = {
  /** One for each text, in their order. */
  vectors: number[][];
  usage: TokenCount | undefined;
};

/** Every failure is a `Problem` of the kind `ai_*`; an aborted stream just ends. */
export type ModelClient = {
  isConfigured(): boolean;
  /** Whether there is a key, or an address, for the provider of this model. */
  canAsk(model: Model): boolean;
  /** Asks the providers for their lists of models, until one answers: generates and costs nothing. */
  isReachable(signal: AbortSignal): Promise<boolean>;
  /** Resolves at the end of the answer; `take` is given what arrived together, together. */
  stream(ask: Ask, signal: AbortSignal, take: TakeChunks): Promise<void>;
  complete(ask: Ask, signal: AbortSignal): Promise<Completion>;
  embed(ask: { model: EmbeddingModel; texts: string[] }, signal: AbortSignal): Promise<Embeddings>;
};

export function createModelClient(config: Config): ModelClient {
  const providers = createProviders(config);
  const providerOf = ({ provider }: Model): OpenAI => {
    const client = providers[provider];
    if (!client) throw new Problem("ai_not_configured");
    return client;
  };
  return {
    isConfigured: () => Object.keys(providers).length > 0,
    canAsk: ({ provider }) => providers[provider] !== undefined,
    isReachable: (signal) => isReachable(Object.values(providers), signal),
    stream: async (ask, signal, take) => stream(providerOf(ask.model), { ask, signal, take }),
    complete: async (ask, signal) => complete(providerOf(ask.model), ask, signal),
    embed: async ({ model, texts }, signal) => embed(providerOf(model), model, texts, signal),
  };
}

function createProviders(config: Config): Partial<Record<Provider, OpenAI>> {
  const openai = createProvider(config.OPENAI_API_KEY, config.OPENAI_BASE_URL);
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL = DEFAULT_ANTHROPIC_URL } = config;
  const anthropic = ANTHROPIC_API_KEY && createProvider(ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL);
  return { ...(openai && { openai }), ...(anthropic && { anthropic }) };
}

/** A server of one's own may want no key; OpenAI's is where no other is named. */
function createProvider(apiKey: string | undefined, baseURL: string | undefined) {
  if (apiKey === undefined && baseURL === undefined) return undefined;
  return new OpenAI({
    apiKey: apiKey ?? "none",
    ...(baseURL !== undefined && { baseURL }),
    // A generation is never repeated by the SDK: every attempt is paid for, and counted by us.
    maxRetries: 0,
    logLevel: "off",
  });
}

/** One that answers is enough: the others may hang. */
async function isReachable(clients: OpenAI[], signal: AbortSignal): Promise<boolean> {
  const lists = clients.map((client) => client.models.list({ signal }));
  return Promise.any(lists).then(
    () => true,
    () => false,
  );
}

type Streaming = { ask: Ask; signal: AbortSignal; take: TakeChunks };

async function stream(client: OpenAI, { ask, signal, take }: Streaming): Promise<void> {
  try {
    const body = await openStream(client, ask, signal);
    take([{ type: "begin" }]);
    await readAnswer(body, take);
  } catch (error) {
    if (!signal.aborted) throw toProblem(error);
  }
}

/** The SDK's own iteration of a stream costs more than all the rest of a turn: the bytes are ours. */
async function openStream(client: OpenAI, ask: Ask, signal: AbortSignal) {
  const body = {
    ...toRequest(ask),
    stream: true,
    stream_options: { include_usage: true },
  } as const;
  const response = await client.chat.completions.create(body, { signal }).asResponse();
  if (!response.body) throw new Problem("ai_unavailable");
  return response.body;
}

async function complete(client: OpenAI, ask: Ask, signal: AbortSignal): Promise<Completion> {
  try {
    const completion = await client.chat.completions.create(toRequest(ask), { signal });
    return readCompletion(completion);
  } catch (error) {
    throw signal.aborted ? new Problem("ai_timeout", { cause: error }) : toProblem(error);
  }
}

async function embed(
  client: OpenAI,
  { name, dimensions }: EmbeddingModel,
  texts: string[],
  signal: AbortSignal,
): Promise<Embeddings> {
  // Numbers, not base64: not every provider that speaks this format has the other.
  const width = dimensions !== undefined && { dimensions };
  const body = { model: name, input: texts, encoding_format: "float" as const, ...width };
  try {
    const { data, usage } = await client.embeddings.create(body, { signal });
    const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    if (vectors.length !== texts.length) throw new Problem("ai_unavailable");
    return { vectors, usage: toTokenCount(usage) };
  } catch (error) {
    throw signal.aborted ? new Problem("ai_timeout", { cause: error }) : toProblem(error);
  }
}

function toRequest({ model, messages, maxOutputTokens, jsonSchema }: Ask) {
  return {
    model: model.name,
    messages,
    max_completion_tokens: maxOutputTokens,
    ...(jsonSchema && {
      response_format: {
        type: "json_schema" as const,
        json_schema: { strict: true, ...jsonSchema },
      },
    }),
  };
}

/** What went wrong, without the provider's own words: they may quote the prompt, or the key. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof APIConnectionTimeoutError)
    return new Problem("ai_timeout", { cause: error });
  const overloaded = error instanceof APIError && OVERLOADED.has(error.status ?? 0);
  return new Problem(overloaded ? "ai_overloaded" : "ai_unavailable", { cause: error });
}
