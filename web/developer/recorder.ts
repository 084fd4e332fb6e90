/**
 * Keeps the last requests of the page for the developer's view, in memory alone and within bounds. It is small, since it
 * comes with the page; the view is loaded when it is opened.
 */
import { signal } from "@preact/signals";
import { hasBody } from "../api/has-body.ts";
import { dropOldest, type Exchange } from "./exchange.ts";
import { hasSecretBodies, publicHeaders, withoutSignatures } from "./secrets.ts";

const MOST_EXCHANGES = 100;
/** Of all exchanges together, and of one. */
const MOST_CHARACTERS = 2 * 1024 * 1024;
const MOST_OF_ONE = 512 * 1024;

const kept: Exchange[] = [];
let lastId = 0;

/** Grows with every change of what is kept. */
export const changes = signal(0);

/** What is kept, oldest first. */
export function keptExchanges(): readonly Exchange[] {
  return kept;
}

export function forgetExchanges(): void {
  kept.length = 0;
  changes.value += 1;
}

/** As `fetch`; what is sent and received is kept. */
export async function recordedFetch(
  input: RequestInfo | URL,
  init?: RequestInit,
): Promise<Response> {
  const exchange = begin(input, init);
  try {
    return observe(exchange, await fetch(input, init));
  } catch (error) {
    end(exchange, String(error));
    throw error;
  }
}

function begin(input: RequestInfo | URL, init: RequestInit = {}): Exchange {
  const request = input instanceof Request ? input : undefined;
  const url = new URL(input instanceof Request ? input.url : input, window.location.href);
  const exchange: Exchange = {
    id: ++lastId,
    method: (init.method ?? request?.method ?? "GET").toUpperCase(),
    url: url.href,
    requestHeaders: publicHeaders(new Headers(init.headers ?? request?.headers)),
    ...bodyOf(url.pathname, init.body ?? request?.body),
    startedAt: performance.now(),
    status: undefined,
    responseHeaders: [],
    responseBody: "",
    events: [],
    sizeBytes: 0,
    characters: 0,
    isCut: false,
    tookMs: undefined,
    failure: undefined,
  };
  exchange.characters = exchange.requestBody?.length ?? 0;
  kept.push(exchange);
  dropOldest(kept, MOST_EXCHANGES, MOST_CHARACTERS);
  changes.value += 1;
  return exchange;
}

function bodyOf(path: string, body: unknown): Pick<Exchange, "requestBody" | "withheld"> {
  if (hasSecretBodies(path)) return { requestBody: undefined, withheld: "it may hold a secret" };
  if (body === undefined || body === null) return { requestBody: undefined, withheld: undefined };
  if (typeof body === "string") return { requestBody: body, withheld: undefined };
  return { requestBody: undefined, withheld: "it is no text" };
}

/** The response, of which every piece is seen when the page reads it. */
function observe(exchange: Exchange, response: Response): Response {
  exchange.status = response.status;
  exchange.responseHeaders = publicHeaders(response.headers);
  const type = response.headers.get("content-type") ?? "";
  if (!hasBody(response)) {
    end(exchange);
    return response;
  }
  const isText = /json|^text\//.test(type) && !hasSecretBodies(new URL(exchange.url).pathname);
  const keep = isText ? keeper(exchange, type.startsWith("text/event-stream")) : () => undefined;
  const body = watched(response.body, {
    onPiece: (piece) => {
      exchange.sizeBytes += piece.byteLength;
      keep(piece);
      changes.value += 1;
    },
    onEnd: (failure) => end(exchange, failure),
  });
  return new Response(body, response);
}

/** Keeps the text of a response, or its events, up to the bound of one exchange. */
function keeper(exchange: Exchange, isStream: boolean): (piece: Uint8Array) => void {
  const decoder = new TextDecoder();
  let rest = "";
  return (piece) => {
    const text = decoder.decode(piece, { stream: true });
    exchange.isCut ||= exchange.characters + text.length > MOST_OF_ONE;
    if (exchange.isCut) return;
    exchange.characters += text.length;
    if (isStream) rest = keepEvents(exchange, rest + text);
    else exchange.responseBody = withoutSignatures(exchange.responseBody + text);
    dropOldest(kept, MOST_EXCHANGES, MOST_CHARACTERS);
  };
}

/** Returns the beginning of an event whose end has not arrived. */
function keepEvents(exchange: Exchange, text: string): string {
  const blocks = text.split("\n\n");
  const rest = blocks.pop() ?? "";
  const atMs = performance.now() - exchange.startedAt;
  for (const block of blocks) {
    const sizeBytes = new TextEncoder().encode(block).byteLength + 2;
    exchange.events.push({ atMs, sizeBytes, text: withoutSignatures(block) });
  }
  return rest;
}

function end(exchange: Exchange, failure?: string): void {
  exchange.tookMs = performance.now() - exchange.startedAt;
  exchange.failure = failure;
  changes.value += 1;
}

type Watcher = { onPiece: (piece: Uint8Array) => void; onEnd: (failure?: string) => void };

/** The same stream; also its failure, and that nobody reads on, are seen. */
function watched(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  { onPiece, onEnd }: Watcher,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  const reader = body.getReader();
  return new ReadableStream({
    pull: async (controller) => {
      try {
        const { done, value } = await reader.read();
        if (done) {
          onEnd();
          return controller.close();
        }
        onPiece(value);
        controller.enqueue(value);
      } catch (error) {
        onEnd(String(error));
        controller.error(error);
      }
    },
    cancel: (reason) => {
      onEnd("The page stopped reading.");
      return reader.cancel(reason);
    },
  });
}
