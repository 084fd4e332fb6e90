/** The typed client of clients/ts for tests: its connections can be cut, and its requests are counted. */
import {
  ChatClient,
  type SessionOptions,
  type Turn,
  type TurnEvent,
} from "../../clients/ts/src/index.ts";
import { type SignedIn, workerUrl } from "./client.ts";
import { toStream } from "./cut-stream.ts";

/** An hour from now; the server decides when a token ends. */
const LATER_MS = 3_600_000;

export const tokensOf = ({ accessToken, refreshToken }: SignedIn) => ({
  accessToken,
  refreshToken,
  expiresAt: Date.now() + LATER_MS,
});

/** A client of somebody who is signed in. */
export function clientOf(of: SignedIn, options: Partial<SessionOptions> = {}): ChatClient {
  return new ChatClient({ baseUrl: workerUrl, tokens: tokensOf(of), ...options });
}

/** Waits of a few milliseconds, so that a test takes no longer than it must. */
export const quick = { delayMs: 1, longestDelayMs: 1_500 };

/** What a turn gives until its end, or until it throws. */
export async function readAll(
  turn: Turn,
  onEvent: (event: TurnEvent) => unknown = () => undefined,
): Promise<TurnEvent[]> {
  const events: TurnEvent[] = [];
  for await (const event of turn) {
    events.push(event);
    await onEvent(event);
  }
  return events;
}

export type Seen = { method: string; path: string };

/** `fetch` that keeps what it is asked for; `respond` may answer in place of the server. */
export function watching(
  respond: (request: Request, count: number) => Promise<Response> = (request) => fetch(request),
): { fetch: typeof fetch; seen: Seen[] } {
  const seen: Seen[] = [];
  return {
    seen,
    fetch: (...given) => {
      const request = new Request(...given);
      seen.push({ method: request.method, path: new URL(request.url).pathname });
      return respond(request, seen.length);
    },
  };
}

/** Ends a response with an error after this many events of a stream. */
export function cutAfterEvents(count: number, response: Response): Response {
  return new Response(toStream(takeEvents(count, response)), response);
}

async function* takeEvents(count: number, { body }: Response): AsyncGenerator<Uint8Array> {
  let left = count;
  const encoder = new TextEncoder();
  for await (const text of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    for (const block of text.split(/(?<=\n\n)/)) {
      if (left === 0) throw new TypeError("connection cut");
      yield encoder.encode(block);
      if (block.includes("data: ") && block.endsWith("\n\n")) left--;
    }
  }
}
