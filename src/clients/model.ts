/** The only file that knows the openai SDK: any provider that speaks its wire format. */
import OpenAI, { APIConnectionTimeoutError, APIError } from "openai";
import type { Config } from "../env.ts";
import { logError } from "../lib/log.ts";
import {
  DEFAULT_BASE_URLS,
  type EmbeddingModel,
  type Model,
  type Provider,
} from "../lib/models.ts";
import { Problem } from "../lib/problem.ts";
import { currentTrace, timed } from "../lib/trace.ts";
import { createMetrics, type Metrics } from "./metrics.ts";
import type { ModelChunk } from "./model/chunks.ts";
import { Circuits, type Works } from "./model/circuits.ts";
import { type Completion, readCompletion } from "./model/completion.ts";
import { embedInBatches, KnownLimits } from "./model/embedding-batches.ts";
import { type Embeddings, readEmbeddings } from "./model/embeddings.ts";
import { fetchWithWholeErrors } from "./model/fetch.ts";
import { readJson } from "./model/json-body.ts";
import { KnownRefusals, type RequestBody, sendWithoutRefused } from "./model/parameters.ts";
import { type ShownPicture, withPictures } from "./model/pictures.ts";
import {
  ProviderError,
  readRefusal,
  type Refusal,
  toProviderProblem,
} from "./model/provider-errors.ts";
import { type Ranking, readRanking } from "./model/ranking.ts";
import { readAnswer, type TakeChunks } from "./model/stream-reader.ts";

export type { ModelChunk } from "./model/chunks.ts";
export type { TokenCount } from "./model/usage.ts";

export type PromptMessage = { role: "system" | "user" | "assistant"; content: string };

export type ModelRequest = {
  model: Model;
  messages: PromptMessage[];
  maxOutputTokens: number;
  /** Shown behind the text of the last message, in order. */
  pictures?: readonly ShownPicture[];
  /** Requests JSON of this shape; a provider may ignore it. */
  jsonSchema?: { name: string; schema: Record<string, unknown> };
};

/** Every failure is a `Problem` with an `ai_*` code; an aborted stream ends without an error. */
export type ModelClient = {
  isConfigured(): boolean;
  /** True when a key or a base URL is configured for the provider of this model. */
  canAsk(model: Model): boolean;
  /** Lists the models of every provider until one responds: generates nothing and costs nothing. */
  isReachable(signal: AbortSignal): Promise<boolean>;
  /**
   * Resolves at the end of the answer. Calls `take` with the chunks of each network read, in one array.
   */
  stream(request: ModelRequest, signal: AbortSignal, take: TakeChunks): Promise<void>;
  complete(request: ModelRequest, signal: AbortSignal): Promise<Completion>;
  /** True when a provider of embeddings is configured. */
  canEmbed(model: EmbeddingModel): boolean;
  /** Throws `ai_not_configured` when the model has no vectors that can be stored. */
  embed(
    request: { model: EmbeddingModel; texts: string[] },
    signal: AbortSignal,
  ): Promise<Embeddings>;
  /** True when a provider of rerankers is configured. */
  canRerank(): boolean;
  rerank(request: RankingRequest, signal: AbortSignal): Promise<Ranking>;
};

type RankingRequest = { model: Model; query: string; documents: string[] };

/** Counts failures in `metrics`; nowhere by default. */
export function createModelClient(
  config: Config,
  metrics: Metrics = createMetrics(undefined),
): ModelClient {
  const providers = createProviders(config);
  const embeddings = createEmbeddings(config);
  const reranker = createReranker(config) ?? embeddings ?? providers.openai;
  const known = new KnownRefusals();
  const limits = new KnownLimits();
  const circuits = new Circuits(config.PROVIDER_CIRCUIT);
  const endpointOf = <M extends Model>(
    model: M,
    client = providers[model.provider],
  ): Endpoint<M> => {
    if (!client) throw new Problem("ai_not_configured");
    return { client, model, known, circuits, metrics };
  };
  return {
    isConfigured: () => Object.keys(providers).length > 0,
    canAsk: ({ provider }) => providers[provider] !== undefined,
    isReachable: (signal) => isReachable(Object.values(providers), signal),
    stream: async (request, signal, take) =>
      stream(endpointOf(request.model), { request, signal, take }),
    complete: async (request, signal) => complete(endpointOf(request.model), request, signal),
    canEmbed: ({ provider }) => (embeddings ?? providers[provider]) !== undefined,
    embed: async ({ model, texts }, signal) =>
      embed({ ...endpointOf(model, embeddings), limits }, texts, signal),
    canRerank: () => reranker !== undefined,
    rerank: async (request, signal) => rerank(endpointOf(request.model, reranker), request, signal),
  };
}

/** A model, the client of its provider, the parameters that it is known to refuse, and how it fails. */
type Endpoint<M extends Model = Model> = {
  client: OpenAI;
  model: M;
  known: KnownRefusals;
  circuits: Circuits;
  metrics: Metrics;
};

function createProviders(config: Config): Partial<Record<Provider, OpenAI>> {
  const openai = createProvider(config.OPENAI_API_KEY, config.OPENAI_BASE_URL);
  const { ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL = DEFAULT_BASE_URLS.anthropic } = config;
  const anthropic = ANTHROPIC_API_KEY && createProvider(ANTHROPIC_API_KEY, ANTHROPIC_BASE_URL);
  return { ...(openai && { openai }), ...(anthropic && { anthropic }) };
}

/** Undefined where embeddings come from the provider of the model. */
function createEmbeddings(config: Config): OpenAI | undefined {
  const { EMBEDDING_API_KEY, EMBEDDING_BASE_URL, OPENAI_BASE_URL } = config;
  if (EMBEDDING_API_KEY === undefined && EMBEDDING_BASE_URL === undefined) return undefined;
  // A key is never sent to another address than the one that it was configured with.
  return createProvider(EMBEDDING_API_KEY, EMBEDDING_BASE_URL ?? OPENAI_BASE_URL);
}

/** Undefined where the provider of embeddings reranks too. */
function createReranker(config: Config): OpenAI | undefined {
  const { RERANK_API_KEY, RERANK_BASE_URL, EMBEDDING_BASE_URL, OPENAI_BASE_URL } = config;
  if (RERANK_API_KEY === undefined && RERANK_BASE_URL === undefined) return undefined;
  return createProvider(RERANK_API_KEY, RERANK_BASE_URL ?? EMBEDDING_BASE_URL ?? OPENAI_BASE_URL);
}

/** A self-hosted server may need no key; without a base URL the SDK calls OpenAI. */
function createProvider(apiKey: string | undefined, baseURL: string | undefined) {
  if (apiKey === undefined && baseURL === undefined) return undefined;
  return new OpenAI({
    apiKey: apiKey ?? "none",
    ...(baseURL !== undefined && { baseURL }),
    // The SDK never repeats a generation: every attempt costs money, and we count it.
    maxRetries: 0,
    logLevel: "off",
    fetch: fetchWithWholeErrors,
  });
}

/** One provider that responds is enough: the others may hang. */
async function isReachable(clients: OpenAI[], signal: AbortSignal): Promise<boolean> {
  const lists = clients.map((client) => client.models.list({ signal }));
  return Promise.any(lists).then(
    () => true,
    () => false,
  );
}

type Streaming = { request: ModelRequest; signal: AbortSignal; take: TakeChunks };

function stream(to: Endpoint, { request, signal, take }: Streaming): Promise<void> {
  return guarded(to, CHAT, signal, async (works) => {
    try {
      const body = await openStream(to, request, signal);
      take([{ type: "begin" }]);
      await readAnswer(body, (chunks) => {
        if (chunks.some(isOutput)) works();
        take(chunks);
      });
    } catch (error) {
      if (!signal.aborted) throw toProblem(error, to);
    }
  });
}

function isOutput({ type }: ModelChunk): boolean {
  return type === "text" || type === "reasoning" || type === "refusal";
}

const CHAT = "/chat/completions";
const EMBEDDINGS = "/embeddings";
const RERANK = "/rerank";

/** Makes the call in the time of its trace, unless the circuit of its endpoint is open. */
function guarded<T>(
  { client, circuits }: Endpoint,
  path: string,
  signal: AbortSignal,
  make: (works: Works) => Promise<T>,
): Promise<T> {
  const call = (works: Works) => timed("provider", () => make(works));
  return circuits.call(client.baseURL + path, signal, call);
}

async function openStream(to: Endpoint, request: ModelRequest, signal: AbortSignal) {
  const body = { ...toRequest(request), stream: true, stream_options: { include_usage: true } };
  const response = await post(to, CHAT, body, signal);
  if (!response.body) throw new Problem("ai_unavailable");
  return response.body;
}

function complete(to: Endpoint, request: ModelRequest, signal: AbortSignal): Promise<Completion> {
  return ask(to, CHAT, signal, async () => {
    const response = await post(to, CHAT, toRequest(request), signal);
    return readCompletion(await readJson(response));
  });
}

/** A call whose response is one piece: a failure is a `Problem`, an abort too. */
function ask<T>(
  to: Endpoint,
  path: string,
  signal: AbortSignal,
  call: () => Promise<T>,
): Promise<T> {
  return guarded(to, path, signal, async () => {
    try {
      return await call();
    } catch (error) {
      if (signal.aborted) throw new Problem("ai_timeout", { cause: error });
      throw toProblem(error, to);
    }
  });
}

/** In UTF-16 units: more than a text of as many tokens has, in most scripts. */
const CHARACTERS_PER_TOKEN = 4;

async function embed(
  to: Endpoint<EmbeddingModel> & { limits: KnownLimits },
  texts: string[],
  signal: AbortSignal,
): Promise<Embeddings> {
  const { name, dimensions, contextTokens } = to.model;
  const send = async (input: string[], width: number | undefined) => {
    // Numbers, not base64: not every compatible provider supports base64.
    const asked = width !== undefined && { dimensions: width };
    const body = { model: name, input, encoding_format: "float", ...asked };
    const response = await post(to, EMBEDDINGS, body, signal);
    return readEmbeddings(await readJson(response), input.length);
  };
  const known = to.limits.of(to.client.baseURL, name);
  const cut = texts.map((text) => text.slice(0, contextTokens * CHARACTERS_PER_TOKEN));
  return ask(to, EMBEDDINGS, signal, () =>
    embedInBatches(cut, { known, dimensions, send, toRefusal }),
  );
}

async function rerank(
  to: Endpoint,
  { query, documents }: RankingRequest,
  signal: AbortSignal,
): Promise<Ranking> {
  const body = { model: to.model.name, query, documents, top_n: documents.length };
  return ask(to, RERANK, signal, async () => {
    const response = await post(to, RERANK, body, signal);
    return readRanking(await readJson(response), documents.length);
  });
}

/**
 * The response to a request without the parameters that its provider refuses. The SDK's own methods add
 * to a request, and parsing a stream with them costs as much CPU as the rest of a turn: we build and
 * parse the bodies ourselves.
 */
function post(
  { client, model, known }: Endpoint,
  path: string,
  body: RequestBody,
  signal: AbortSignal,
): Promise<Response> {
  const traceparent = currentTrace()?.traceparent;
  const headers = traceparent === undefined ? {} : { traceparent };
  const send = (sent: RequestBody) =>
    client.post(path, { body: sent, signal, headers }).asResponse();
  return sendWithoutRefused(body, { known, address: client.baseURL, model, send, toRefusal });
}

function toRequest({ model, messages, pictures, maxOutputTokens, jsonSchema }: ModelRequest) {
  return {
    model: model.name,
    messages: pictures ? withPictures(messages, pictures) : messages,
    max_completion_tokens: maxOutputTokens,
    ...(jsonSchema && {
      response_format: { type: "json_schema", json_schema: { strict: true, ...jsonSchema } },
    }),
  };
}

/** The refusal in a provider's error response; undefined when there was no response. */
function toRefusal(error: unknown): Refusal | undefined {
  const hasStatus = error instanceof APIError && error.status !== undefined;
  return hasStatus ? readRefusal(error.status, error.error) : undefined;
}

/**
 * Logs and counts the failure, and returns its problem, without the provider's text: it may quote the prompt or the
 * key.
 */
function toProblem(error: unknown, { model, metrics }: Endpoint): Problem {
  const problem = problemOf(error);
  const { cause } = problem.extras;
  const reported = cause instanceof ProviderError ? { status: cause.status, code: cause.code } : {};
  logError("provider_failed", {
    provider: model.provider,
    model: model.name,
    problem: problem.code,
    ...reported,
  });
  const { provider, name } = model;
  metrics.write({ kind: "provider_error", name, outcome: problem.code, provider });
  return problem;
}

function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const refusal = toRefusal(error);
  if (refusal && error instanceof APIError) return toProviderProblem(refusal, error.headers);
  const isLate = error instanceof APIConnectionTimeoutError;
  return new Problem(isLate ? "ai_timeout" : "ai_unavailable", { cause: error });
}
