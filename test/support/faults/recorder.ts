/** Sends requests as a client does, and records the outcome of each. */
import type { Call, CallKind } from "./history.ts";
import { readStream } from "./stream-reader.ts";

/** Longer than anything may take: a request that waits this long counts as hanging. */
const TIMEOUT_MS = 15_000;

export type Request = {
  kind: CallKind;
  method: string;
  path: string;
  body?: object;
  headers?: Record<string, string>;
  /** What the history records of it. */
  note?: Pick<Call, "chatId" | "key" | "content" | "after">;
  /** Disconnects after this many bytes of a stream. */
  leavesAfter?: number | undefined;
};

export class Recorder {
  readonly calls: Call[] = [];
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  /** Never throws: a missing response is an outcome too. */
  async send(token: string, request: Request): Promise<Call> {
    const { kind, note } = request;
    const startedAt = performance.now();
    const outcome = await this.#fetch(token, request);
    const call = { kind, ...note, ...outcome, startedAt, endedAt: performance.now() };
    this.calls.push(call);
    return call;
  }

  async #fetch(token: string, request: Request): Promise<Pick<Call, "status" | "body">> {
    const { method, path, body, headers, leavesAfter } = request;
    try {
      const response = await fetch(this.#url + path, {
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body && { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      return await readAnswer(response, leavesAfter);
    } catch (error) {
      return { status: error instanceof Error && error.name === "TimeoutError" ? -1 : 0 };
    }
  }
}

async function readAnswer(response: Response, leavesAfter: number | undefined) {
  const { status, headers } = response;
  const type = headers.get("content-type") ?? "";
  if (type.includes("event-stream"))
    return { status, ...(await readStream(response, leavesAfter)) };
  const text = await response.text();
  return { status, ...(type.includes("json") && { body: JSON.parse(text) }) };
}
