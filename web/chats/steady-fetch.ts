/** `fetch` for streams: a connection that is lost without a word fails, so that the answer can be resumed. */
import { hasBody } from "../api/has-body.ts";
import { send } from "../api/send.ts";

/** The server sends a comment every 15 seconds. */
const LONGEST_SILENCE_MS = 40_000;

/** Rejects, or fails the body, with a `TypeError` where the network does. */
export async function steadyFetch(input: RequestInfo | URL, init?: RequestInit): Promise<Response> {
  const response = await send(input, init);
  if (!hasBody(response)) return response;
  return new Response(response.body.pipeThrough(watchSilence()), response);
}

function watchSilence(): TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>> {
  const ending = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = () => {
    clearTimeout(timer);
    ending.abort();
  };
  const fail = (controller: TransformStreamDefaultController) => {
    stop();
    // By this name the AI SDK knows that the network has failed.
    controller.error(new TypeError("network error: the connection is silent"));
  };
  const wait = (controller: TransformStreamDefaultController) => {
    clearTimeout(timer);
    timer = setTimeout(() => fail(controller), LONGEST_SILENCE_MS);
  };
  return new TransformStream({
    start: (controller) => {
      wait(controller);
      const { signal } = ending;
      window.addEventListener("offline", () => fail(controller), { signal });
    },
    transform: (chunk, controller) => {
      wait(controller);
      controller.enqueue(chunk);
    },
    flush: stop,
  });
}

const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 8_000;

/** Before the next attempt: longer each time, scattered; at once when the network is back. */
export function waitToReconnect(attempt: number): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const waitMs = Math.min(FIRST_WAIT_MS * 2 ** attempt, LONGEST_WAIT_MS);
  const timer = setTimeout(resolve, waitMs * (0.75 + Math.random() / 2));
  window.addEventListener("online", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}
