/** The only file that knows the openai SDK: any provider that speaks its wire format. */
import OpenAI, { APIConnectionTimeoutError, APIError } from "openai";
import type { Config } from "../env.ts";
import { logError } from "../lib/log.ts";
import type { EmbeddingModel, Model, Provider } from "../lib/models.ts";
import { Problem } from "../lib/problem.ts";
import { type Completion, readCompletion } from "./model/completion.ts";
import { type Embeddings, readEmbeddings } from "./model/embeddings.ts";
import { fetchWithWholeErrors } from "./model/fetch.ts";
import { readJson } from "./model/json-body.ts";
import { KnownRefusals, type RequestBody, sendWithoutRefused } from "./model/parameters.ts";
import {
  ProviderError,
  readRefusal,
  type Refusal,
  toProviderProblem,
} from "./model/provider-errors.ts";
import { readAnswer, type TakeChunks } from "./model/stream-reader.ts";

export type { ModelChunk } from "./model/chunks.ts";
export type { TokenCount } from "./model/usage.ts";

const DEFAULT_ANTHROPIC_URL = "https://api.anthropic.com/v1/";

export type PromptMessage = { role: "system" | "user" | "assistant"; content: string };

export type ModelRequest = {
  model: Model;
  messages: PromptMessage[];
  maxOutputTokens: number;
  /** Asks for a JSON answer of this shape; a provider may ignore it. */
  jsonSchema?: { name: string; schema: Record<string, unknown> };
};

/** Every failure is a `Problem` of the kind `ai_*`; an aborted stream just ends. */
export type ModelClient = {
  isConfigured(): boolean;
  /** Whether there is a key, or an address, for the provider of this model. */
  canAsk(model: Model): boolean;
  /** Asks the providers for their lists of models, until one answers: generates and costs nothing. */
  isReachable(signal: AbortSignal): Promise<boolean>;
  /** Resolves at the end of the answer; `take` is given what arrived together, together. */
  stream(ask: ModelRequest, signal: AbortSignal, take: TakeChunks): Promise<void>;
  complete(ask: ModelRequest, signal: AbortSignal): Promise<Completion>;
  embed(ask: { model: EmbeddingModel; texts: string[] }, signal: AbortSignal): Promise<Embeddings>;
};

export function createModelClient(config: Config): ModelClient {
  const providers = createProviders(config);
  const known = new KnownRefusals();
  const addressOf = <M extends Model>(model: M): Address<M> => {
    const client = providers[model.provider];
    if (!client) throw new Problem("ai_not_configured");
    return { client, model, known };
  };
  return {
    isConfigured: () => Object.keys(providers).length > 0,
    canAsk: ({ provider }) => providers[provider] !== undefined,
    isReachable: (signal) => isReachable(Object.values(providers), signal),
    stream: async (ask, signal, take) => stream(addressOf(ask.model), { ask, signal, take }),
    complete: async (ask, signal) => complete(addressOf(ask.model), ask, signal),
    embed: async ({ model, texts }, signal) => embed(addressOf(model), texts, signal),
  };
}

/** A model where it is asked for, and what is known of its provider there. */
type Address<M extends Model = Model> = { client: OpenAI; model: M; known: KnownRefusals };

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
    fetch: fetchWithWholeErrors,
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

type Streaming = { ask: ModelRequest; signal: AbortSignal; take: TakeChunks };

async function stream(to: Address, { ask, signal, take }: Streaming): Promise<void> {
  try {
    const body = await openStream(to, ask, signal);
    take([{ type: "begin" }]);
    await readAnswer(body, take);
  } catch (error) {
    if (!signal.aborted) throw toProblem(error, to.model);
  }
}

async function openStream(to: Address, ask: ModelRequest, signal: AbortSignal) {
  const body = { ...toRequest(ask), stream: true, stream_options: { include_usage: true } };
  const response = await post(to, "/chat/completions", body, signal);
  if (!response.body) throw new Problem("ai_unavailable");
  return response.body;
}

async function complete(to: Address, ask: ModelRequest, signal: AbortSignal): Promise<Completion> {
  try {
    const response = await post(to, "/chat/completions", toRequest(ask), signal);
    return readCompletion(await readJson(response));
  } catch (error) {
    throw signal.aborted ? new Problem("ai_timeout", { cause: error }) : toProblem(error, to.model);
  }
}

async function embed(
  to: Address<EmbeddingModel>,
  texts: string[],
  signal: AbortSignal,
): Promise<Embeddings> {
  const { name, dimensions } = to.model;
  // Numbers, not base64: not every provider that speaks this format has the other.
  const width = dimensions !== undefined && { dimensions };
  const body = { model: name, input: texts, encoding_format: "float", ...width };
  try {
    const response = await post(to, "/embeddings", body, signal);
    return readEmbeddings(await readJson(response), texts.length);
  } catch (error) {
    throw signal.aborted ? new Problem("ai_timeout", { cause: error }) : toProblem(error, to.model);
  }
}

/**
 * The response to a request that its provider takes. The SDK's own methods add to a request, and read a
 * stream at the cost of all the rest of a turn: the bodies are ours.
 */
function post(
  { client, model, known }: Address,
  path: string,
  body: RequestBody,
  signal: AbortSignal,
): Promise<Response> {
  const send = (sent: RequestBody) => client.post(path, { body: sent, signal }).asResponse();
  return sendWithoutRefused(body, { known, address: client.baseURL, model, send, toRefusal });
}

function toRequest({ model, messages, maxOutputTokens, jsonSchema }: ModelRequest) {
  return {
    model: model.name,
    messages,
    max_completion_tokens: maxOutputTokens,
    ...(jsonSchema && {
      response_format: { type: "json_schema", json_schema: { strict: true, ...jsonSchema } },
    }),
  };
}

/** What a provider says went wrong; undefined where it said nothing. */
function toRefusal(error: unknown): Refusal | undefined {
  const isSaid = error instanceof APIError && error.status !== undefined;
  return isSaid ? readRefusal(error.status, error.error) : undefined;
}

/** What went wrong, without the provider's own words: they may quote the prompt, or the key. */
function toProblem(error: unknown, model: Model): Problem {
  const problem = problemOf(error);
  const { cause } = problem.extras;
  const said = cause instanceof ProviderError ? { status: cause.status, code: cause.code } : {};
  logError("provider_failed", {
    provider: model.provider,
    model: model.name,
    problem: problem.code,
    ...said,
  });
  return problem;
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const refusal = toRefusal(error);
  if (refusal && error instanceof APIError) return toProviderProblem(refusal, error.headers);
  const isLate = error instanceof APIConnectionTimeoutError;
  return new Problem(isLate ? "ai_timeout" : "ai_unavailable", { cause: error });
}
