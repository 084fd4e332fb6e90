/**
 * A provider that speaks OpenAI's wire format, for one machine without a network. Unscripted it is an
 * honest offline assistant; a test scripts it by a marker in the prompt.
 *
 * @see https://platform.openai.com/docs/api-reference/chat
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readText, sendJson } from "./http-server.ts";
import { answerOffline, asksForTitle, titleOffline } from "./provider/assistant.ts";
import { type CompletionRequest, sendStream, sendWhole } from "./provider/completion.ts";
import { embed } from "./provider/embeddings.ts";
import { type Script, Scripts } from "./provider/script.ts";

export type LocalProvider = {
  /** What `OPENAI_BASE_URL` is to be. */
  baseUrl: string;
  origin: string;
  close: () => Promise<void>;
};

/** One request for a completion, as a test may look at it. */
export type SeenRequest = {
  sequence: number;
  at: number;
  body: CompletionRequest;
  aborted: boolean;
};

export type ProviderOptions = {
  port?: number;
  /** What an unscripted request gets, instead of the offline assistant. */
  script?: Script;
  /** Remembers requests and takes scripts: for tests. */
  control?: boolean;
};

/** As fast as a quick model writes: a person sees it stream. */
const TOKEN_DELAY_MS = 15;
const KEPT_REQUESTS = 5_000;

/** Starts it on a free port of loopback. */
export async function startProvider(options: ProviderOptions = {}): Promise<LocalProvider> {
  const provider = new Provider(options);
  const server = await listen(
    (request, response) => provider.handle(request, response),
    options.port,
  );
  return { baseUrl: `${server.origin}/v1`, origin: server.origin, close: server.close };
}

class Provider {
  readonly #options: ProviderOptions;
  readonly #scripts = new Scripts();
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
    if (!isKeyAccepted(request.headers.authorization)) return sendWrongKey(response);
    if (url.pathname === "/v1/models") return sendJson(response, 200, { object: "list", data: [] });
    const body = JSON.parse(await readText(request));
    if (url.pathname === "/v1/embeddings") return sendJson(response, 200, embed(body));
    if (url.pathname === "/v1/chat/completions") return this.#complete(body, response);
    sendJson(response, 404, {
      error: { message: "Unknown request URL", type: "invalid_request_error" },
    });
  }

  async #complete(request: CompletionRequest, response: ServerResponse): Promise<void> {
    const seen = this.#remember(request);
    response.once("close", () => (seen.aborted = !response.writableFinished));
    const reply = this.#replyTo(request);
    const { errorStatus } = reply.script;
    if (errorStatus !== undefined) return sendError(response, errorStatus);
    await (request.stream ? sendStream(reply, response) : sendWhole(reply, response));
  }

  #replyTo(request: CompletionRequest) {
    const isTitle = asksForTitle(request.messages);
    const prompt = request.messages.map((message) => message.content).join("\n");
    const taken = this.#scripts.take(prompt, isTitle ? "title" : "answer");
    const offline = isTitle ? offlineTitle(request) : offlineAnswer(request);
    if (!taken) {
      const script = { ...offline, ...this.#options.script };
      return { request, script, released: Promise.resolve() };
    }
    // A script says what the answer is, or leaves that to the assistant; its timing is all its own.
    const script = { tokens: offline.tokens ?? [], ...taken.script };
    return { request, script, released: taken.released };
  }

  #remember(body: CompletionRequest): SeenRequest {
    const seen = { sequence: ++this.#sequence, at: Date.now(), body, aborted: false };
    if (!this.#options.control) return seen;
    this.#seen.push(seen);
    if (this.#seen.length > KEPT_REQUESTS) this.#seen = this.#seen.slice(-KEPT_REQUESTS / 2);
    return seen;
  }

  /** `PUT scripts/{marker}`, `POST release/{marker}`, `GET requests?contains=`. */
  async #control(url: URL, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const [kind, marker = ""] = url.pathname.slice("/_control/".length).split("/");
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

function offlineAnswer({ messages }: CompletionRequest): Script {
  const tokens = answerOffline(messages).match(/\s*\S+|\s+$/g) ?? [];
  return { tokens, firstTokenDelayMs: 100, tokenDelayMs: TOKEN_DELAY_MS };
}

function offlineTitle({ messages }: CompletionRequest): Script {
  const suggested_name = titleOffline(messages);
  const reasoning = "Named after the first words of the question.";
  return { tokens: [JSON.stringify({ suggested_name, reasoning })] };
}

function isKeyAccepted(authorization: string | undefined): boolean {
  const key = /^Bearer (\S+)$/.exec(authorization ?? "")?.[1];
  return key !== undefined && key !== "invalid";
}

function sendWrongKey(response: ServerResponse): void {
  const message = "Incorrect API key provided.";
  sendJson(response, 401, {
    error: { message, type: "invalid_request_error", code: "invalid_api_key" },
  });
}

/** A provider's error quotes what it was sent, which is why none of it may reach a client. */
function sendError(response: ServerResponse, status: number): void {
  const message = "Upstream detail that nobody but the log may see.";
  sendJson(response, status, { error: { message, type: "server_error", param: null, code: null } });
}
