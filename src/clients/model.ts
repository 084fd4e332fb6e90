/** The only file that knows the openai SDK: any provider that speaks its wire format. */
import OpenAI, { APIConnectionTimeoutError, APIError } from "openai";
import type { Config } from "../env.ts";
import { EventDataReader } from "../lib/event-data.ts";
import type { EmbeddingModel, Model, Provider } from "../lib/models.ts";
import { Problem } from "../lib/problem.ts";

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

export type TokenCount = { promptTokens: number; completionTokens: number };

/** A piece of an answer as it comes. `usage` comes at most once, near the end. */
export type ModelChunk =
  | { type: "text"; text: string }
  | { type: "finish"; reason: string }
  | { type: "usage"; usage: TokenCount };

export type Embeddings = {
  /** One for each text, in their order. */
  vectors: number[][];
  usage: TokenCount | undefined;
};

export type Completion = { text: string; usage: TokenCount | undefined };

export type TakeChunks = (chunks: ModelChunk[]) => void;

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
  let finished = false;
  try {
    const body = await openStream(client, ask, signal);
    const reader = new EventDataReader();
    // Not `for await`: it costs as much again as the reading itself.
    for (let read = await body.read(); !read.done; read = await body.read()) {
      const chunks = reader.push(read.value).flatMap(toChunks);
      finished ||= chunks.some((chunk) => chunk.type === "finish");
      if (chunks.length > 0) take(chunks);
    }
  } catch (error) {
    if (signal.aborted) return;
    throw toProblem(error);
  }
  // A connection cut between two events ends the reading like a finished answer does.
  if (!finished && !signal.aborted) throw new Problem("ai_unavailable");
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
  return response.body.getReader();
}

const END_OF_STREAM = "[DONE]";

/** As much of a provider's chunk as we read; a provider may send anything, or an error in its place. */
type WireChunk = Partial<Pick<OpenAI.ChatCompletionChunk, "choices" | "usage">> & {
  error?: unknown;
};

/** Throws for what is not JSON, and for an error that came in mid-stream. */
function toChunks(data: string): ModelChunk[] {
  if (data === END_OF_STREAM) return [];
  const { choices, usage, error }: WireChunk = JSON.parse(data);
  if (error) throw new Problem("ai_unavailable");
  const chunks: ModelChunk[] = [];
  const choice = choices?.[0];
  const text: unknown = choice?.delta?.content;
  if (typeof text === "string" && text !== "") chunks.push({ type: "text", text });
  if (choice?.finish_reason) chunks.push({ type: "finish", reason: choice.finish_reason });
  const counted = usage && toTokenCount(usage);
  if (counted) chunks.push({ type: "usage", usage: counted });
  return chunks;
}

async function complete(client: OpenAI, ask: Ask, signal: AbortSignal): Promise<Completion> {
  try {
    const completion = await client.chat.completions.create(toRequest(ask), { signal });
    const text = completion.choices[0]?.message.content ?? "";
    return { text, usage: completion.usage && toTokenCount(completion.usage) };
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
    // Typed as always there; a provider of one's own may leave it out.
    const promptTokens: number | undefined = usage?.prompt_tokens;
    return {
      vectors,
      usage: promptTokens === undefined ? undefined : { promptTokens, completionTokens: 0 },
    };
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

/** Undefined where what a provider calls a count is none: then it is estimated, as where there is none. */
function toTokenCount(usage: OpenAI.CompletionUsage): TokenCount | undefined {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
  return [promptTokens, completionTokens].every(isCount)
    ? { promptTokens, completionTokens }
    : undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}

/** What went wrong, without the provider's own words: they may quote the prompt, or the key. */
function toProblem(error: unknown): Problem {
  if (error instanceof Problem) return error;
  if (error instanceof APIConnectionTimeoutError)
    return new Problem("ai_timeout", { cause: error });
  const overloaded = error instanceof APIError && OVERLOADED.has(error.status ?? 0);
  return new Problem(overloaded ? "ai_overloaded" : "ai_unavailable", { cause: error });
}
