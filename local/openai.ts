/**
 * A provider that speaks OpenAI's wire format, for one machine without a network. Without a script it is an
 * offline assistant that says so; a test scripts it by a marker in the prompt.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
import { setTimeout as pause } from "node:timers/promises";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { listen, readText, sendJson } from "./http-server.ts";
import { kindOf, offlineTokens } from "./provider/assistant.ts";
import {
  type CompletionRequest,
  type Reply,
  sendStream,
  sendWhole,
} from "./provider/completion.ts";
import { OfflineOcr } from "./provider/ocr.ts";
import { inFrame, withoutPictures } from "./provider/pictures.ts";
import {
  embed,
  type EmbeddingRequest,
  LOCAL_SENTENCES,
  refusalOfEmbedding,
} from "./provider/embeddings.ts";
import { refusalOf, sendError, sendScriptedError, sendWrongKey } from "./provider/errors.ts";
import { sendRaw } from "./provider/raw.ts";
import { rerank, type RerankRequest } from "./provider/rerank.ts";
import { type Script, Scripts } from "./provider/script.ts";
import { SentenceModel } from "./provider/sentence-model.ts";
import { refusalOfControl, sendRefusal } from "./request-guard.ts";
import { isEqual, newSecret } from "./secrets.ts";

export type LocalProvider = {
  /** The value for `OPENAI_BASE_URL`. */
  baseUrl: string;
  /** The value for `OPENAI_API_KEY`. */
  apiKey: string;
  origin: string;
  /** The bearer token of `/_control/`, which exists only with `control`. */
  controlKey: string;
  close: () => Promise<void>;
};

/** One request for a completion, as a test sees it. */
export type SeenRequest = {
  sequence: number;
  at: number;
  /** Without the key. */
  headers: IncomingHttpHeaders;
  body: CompletionRequest;
  /** The client disconnected before the answer's end. */
  aborted: boolean;
};

export type ProviderOptions = {
  port?: number;
  /** What a request without a script gets, instead of the offline assistant. */
  script?: Script;
  /** Records requests and accepts scripts: for tests. */
  control?: boolean;
};

/** As fast as a quick model: a person sees it stream. */
const OFFLINE_PACE: Script = { firstTokenDelayMs: 100, tokenDelayMs: 15 };
const MODELS = ["gpt-4o-mini", "text-embedding-3-small", LOCAL_SENTENCES, "local-ocr"];
/** What `OCR_MODEL` is to be: any model transcribes the pictures that it is shown. */
export const LOCAL_OCR_MODEL = "local-ocr";
const KEPT_REQUESTS = 5_000;

/** Starts it on a free port of loopback. */
export async function startProvider(options: ProviderOptions = {}): Promise<LocalProvider> {
  const provider = new Provider(options);
  const server = await listen(
    (request, response) => provider.handle(request, response),
    options.port,
  );
  const { origin } = server;
  const { apiKey, controlKey } = provider;
  const close = async () => {
    await server.close();
    await provider.close();
  };
  return { baseUrl: `${origin}/v1`, apiKey, origin, controlKey, close };
}

class Provider {
  readonly apiKey = `sk-local-${newSecret()}`;
  readonly controlKey = newSecret();
  readonly #options: ProviderOptions;
  readonly #scripts = new Scripts();
  readonly #ocr = new OfflineOcr();
  readonly #sentences = new SentenceModel();
  #seen: SeenRequest[] = [];
  #sequence = 0;

  constructor(options: ProviderOptions) {
    this.#options = options;
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "/", "http://local");
    if (this.#options.control && url.pathname.startsWith("/_control/")) {
      return this.#control(url, request, response);
    }
    if (!this.#isKeyAccepted(request.headers.authorization)) return sendWrongKey(response);
    if (url.pathname === "/v1/models") return sendJson(response, 200, listModels());
    const body = parse(await readText(request));
    if (body === undefined) return sendError(response, 400, "We could not parse the JSON body.");
    if (url.pathname === "/v1/embeddings") return this.#embed(body, response);
    if (url.pathname === "/v1/rerank") return this.#rerank(body, response);
    if (url.pathname === "/v1/chat/completions") {
      return this.#complete(body, request.headers, response);
    }
    sendError(response, 404, `Invalid URL (${request.method} ${url.pathname})`);
  }

  #isKeyAccepted(authorization = ""): boolean {
    return isEqual(`Bearer ${this.apiKey}`, authorization);
  }

  async #embed(body: EmbeddingRequest, response: ServerResponse): Promise<void> {
    const script = this.#scripts.take([body.input].flat().join("\n"), "embedding")?.script;
    if (script?.errorStatus !== undefined) return sendScriptedError(response, script);
    const refusal = refusalOfEmbedding(body);
    if (refusal !== undefined) return sendError(response, 400, refusal);
    const left = new AbortController();
    response.once("close", () => left.abort());
    sendJson(response, 200, await embed(body, this.#sentences, left.signal));
  }

  async #rerank(body: RerankRequest, response: ServerResponse): Promise<void> {
    const script = this.#scripts.take(body.query ?? "", "rerank")?.script;
    if (script?.firstTokenDelayMs !== undefined) await pause(script.firstTokenDelayMs);
    if (script?.errorStatus !== undefined) return sendScriptedError(response, script);
    sendJson(response, 200, rerank(body));
  }

  async close(): Promise<void> {
    await Promise.all([this.#ocr.close(), this.#sentences.close()]);
  }

  async #complete(
    body: Parameters<typeof withoutPictures>[0],
    headers: IncomingHttpHeaders,
    response: ServerResponse,
  ): Promise<void> {
    const { request, pictures } = withoutPictures(body);
    const seen = this.#remember(request, headers);
    const reply =
      pictures.length > 0 ? await this.#transcribe(request, pictures) : this.#replyTo(request);
    const isCutByUs = reply.script.cutAfter !== undefined || endsItself(reply.script);
    response.once("close", () => (seen.aborted = !response.writableFinished && !isCutByUs));
    if (reply.script.raw) return sendRaw(reply, response);
    if (reply.script.errorStatus !== undefined) return sendScriptedError(response, reply.script);
    const refusal = refusalOf(reply.script, request);
    if (refusal) return sendJson(response, refusal.status, refusal.body);
    await (request.stream ? sendStream(reply, response) : sendWhole(reply, response));
  }

  #replyTo(request: CompletionRequest): Reply {
    const { messages } = request;
    const kind = kindOf(request);
    const taken = this.#scripts.take(messages.map(({ content }) => content).join("\n"), kind);
    // A script sets the whole timing; it may leave the text to the assistant.
    const given = taken?.script ?? { ...OFFLINE_PACE, ...this.#options.script };
    const script = { ...given, tokens: given.tokens ?? offlineTokens(request, kind) };
    return { request, script, released: taken?.released ?? Promise.resolve() };
  }

  /** The text of the pictures, unless a script says what is answered. */
  async #transcribe(request: CompletionRequest, pictures: readonly Buffer[]): Promise<Reply> {
    const prompt = request.messages.map(({ content }) => content).join("\n");
    const taken = this.#scripts.take(prompt, "ocr");
    const script = taken?.script ?? {};
    const text = script.transcription ?? (script.tokens ? "" : await this.#ocr.read(pictures));
    const tokens = script.tokens ?? [inFrame(prompt, text)];
    return {
      request,
      script: { ...script, tokens },
      released: taken?.released ?? Promise.resolve(),
    };
  }

  #remember(body: CompletionRequest, received: IncomingHttpHeaders): SeenRequest {
    const { authorization: _key, ...headers } = received;
    const seen: SeenRequest = {
      sequence: ++this.#sequence,
      at: Date.now(),
      headers,
      body,
      aborted: false,
    };
    if (!this.#options.control) return seen;
    this.#seen.push(seen);
    if (this.#seen.length > KEPT_REQUESTS) this.#seen = this.#seen.slice(-KEPT_REQUESTS / 2);
    return seen;
  }

  /** `PUT scripts/{marker}`, `POST release/{marker}`, `GET requests?contains=`. */
  async #control(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refusal = refusalOfControl(request, this.controlKey);
    if (refusal) return sendRefusal(response, refusal);
    const path = url.pathname.slice("/_control/".length).split("/");
    const [kind, marker = ""] = path.map(decodeURIComponent);
    if (kind === "requests") {
      const text = url.searchParams.get("contains") ?? "";
      const found = this.#seen.filter(({ body }) => JSON.stringify(body.messages).includes(text));
      return sendJson(response, 200, found);
    }
    if (kind === "scripts") this.#scripts.set(marker, JSON.parse(await readText(request)));
    if (kind === "release") this.#scripts.release(marker);
    sendJson(response, 200, {});
  }
}

/** True where the script itself breaks the connection. */
function endsItself({ raw = [] }: Script): boolean {
  return raw.some((step) => typeof step === "object" && "end" in step && step.end !== "open");
}

function listModels() {
  const data = MODELS.map((id) => ({ id, object: "model", created: 0, owned_by: "local" }));
  return { object: "list", data };
}

function parse(text: string): ReturnType<typeof JSON.parse> {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
