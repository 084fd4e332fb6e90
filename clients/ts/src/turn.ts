/** A turn that is read to its end, whatever happens to the connections in between. */
import { readEvents, type TurnEvent } from "./events.ts";
import { toApiError } from "./problem.ts";
import { Retries, type RetryOptions } from "./retry.ts";

export type ReadOptions = RetryOptions & {
  /** Stops reading, and never the turn: the iteration rejects with the reason of the signal. */
  signal?: AbortSignal | undefined;
  /** A connection on which nothing arrives for so long is given up. The server sends a comment every 15 s. Default: 40,000. */
  silenceMs?: number | undefined;
};

export const EVENT_STREAM = "text/event-stream";

type Request = { path: string; init: RequestInit };

export type TurnSource = {
  fetch: (path: string, init: RequestInit) => Promise<Response>;
  /** What starts the turn, with an idempotency key, so that repeating it starts no other; undefined where a running one is followed. */
  start?: Request | undefined;
  chatId?: string | undefined;
  /** The id of the last event that was read before. */
  after?: number | undefined;
};

/** Iterate over it once. */
export class Turn implements AsyncIterable<TurnEvent> {
  readonly #source: TurnSource;
  readonly #options: ReadOptions;
  readonly #retries: Retries;
  readonly #begun = new Begun();
  #chatId: string | undefined;
  #messageId: string | undefined;
  #lastId: number | undefined;
  /** Events without an id, of a turn that the server has rebuilt from what is stored: it can only be repeated whole. */
  #unnumbered = 0;
  #isComplete = false;

  constructor(source: TurnSource, options: ReadOptions) {
    this.#source = source;
    this.#options = options;
    this.#retries = new Retries(options);
    this.#chatId = source.chatId;
    this.#lastId = source.after;
  }

  /** Known from the first event on, or from the start. */
  get chatId(): string | undefined {
    return this.#chatId;
  }

  /** The id of the answer; known once it has started. */
  get messageId(): string | undefined {
    return this.#messageId;
  }

  /** To follow the turn with later. */
  get lastEventId(): number | undefined {
    return this.#lastId;
  }

  /** True once its last event has arrived; false where it had ended and the server no longer keeps its events. */
  get isComplete(): boolean {
    return this.#isComplete;
  }

  /** Stops the answer itself, for every reader. A turn of one's own is stopped once its first event has been read. */
  async stop(): Promise<void> {
    if (this.#source.start) await this.#begun.promise;
    const path = `/chats/${this.#chatId}/stop`;
    const body = JSON.stringify({ message_id: this.#messageId ?? null });
    const retries = new Retries(this.#options);
    for (;;) {
      try {
        const response = await this.#source.fetch(path, toPost(body, "application/json"));
        if (!response.ok) throw await toApiError(response);
        return await response.body?.cancel();
      } catch (error) {
        await retries.wait(error, undefined);
      }
    }
  }

  /**
   * The events, each once and in order. Rejects with an `ApiError` where the server refuses, and as `fetch` does where
   * it cannot be reached for too long.
   */
  async *[Symbol.asyncIterator](): AsyncGenerator<TurnEvent, void, undefined> {
    try {
      let failure = yield* this.#readOnce();
      while (failure !== undefined) {
        await this.#retries.wait(failure, this.#options.signal);
        failure = yield* this.#readOnce();
      }
    } finally {
      this.#begun.fail();
    }
  }

  /** The events of one connection. Returns how that failed; undefined where there will be no others. */
  async *#readOnce(): AsyncGenerator<TurnEvent, unknown, undefined> {
    try {
      if (yield* this.#readResponse()) return undefined;
    } catch (error) {
      return this.#isComplete ? undefined : error;
    }
    return new TypeError("The stream ended early.");
  }

  /** Returns true where there will be no other events. */
  async *#readResponse(): AsyncGenerator<TurnEvent, boolean, undefined> {
    const silence = new Silence(this.#options.silenceMs ?? 40_000);
    try {
      const { path, init } = this.#nextRequest();
      const signals = [silence.signal, this.#options.signal].filter((one) => one !== undefined);
      const response = await this.#source.fetch(path, {
        ...init,
        signal: AbortSignal.any(signals),
      });
      if (response.status === 204) return true;
      if (!response.ok) throw await toApiError(response);
      if (!response.body) return false;
      let index = 0;
      for await (const event of readEvents(response.body, () => silence.restart())) {
        if (!this.#isNew(event, index++)) continue;
        this.#note(event);
        yield event;
      }
      return this.#isComplete;
    } finally {
      silence.end();
    }
  }

  /** Before the first event the turn is started, once more with the same key; then its rest is read. */
  #nextRequest(): Request {
    const { start } = this.#source;
    const isResumed = this.#lastId !== undefined && this.#chatId !== undefined;
    if (start && !isResumed) return start;
    const headers: Record<string, string> = { accept: EVENT_STREAM };
    if (this.#lastId !== undefined) headers["last-event-id"] = String(this.#lastId);
    return { path: `/chats/${this.#chatId}/stream`, init: { headers } };
  }

  #isNew({ id }: TurnEvent, index: number): boolean {
    return id === undefined ? index >= this.#unnumbered : id > (this.#lastId ?? -1);
  }

  #note(event: TurnEvent): void {
    this.#retries.reset();
    if (event.id === undefined) this.#unnumbered++;
    else this.#lastId = event.id;
    if (event.type === "user_message") this.#chatId = event.message.chat_id;
    if (event.type === "ai_message_start") this.#messageId = event.message_id;
    if (event.type === "stream_complete") this.#isComplete = true;
    this.#begun.succeed();
  }
}

/** A request with a JSON body. */
export function toPost(body: string, accept: string, key?: string): RequestInit {
  const headers: Record<string, string> = { "content-type": "application/json", accept };
  if (key !== undefined) headers["idempotency-key"] = key;
  return { method: "POST", headers, body };
}

/** Settled by whichever comes first. */
class Begun {
  readonly promise: Promise<void>;
  succeed = () => {};
  fail = () => {};

  constructor() {
    this.promise = new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = () => reject(new Error("The turn was not read to its first event."));
    });
    // Nobody may wait for it.
    this.promise.catch(() => undefined);
  }
}

/** Aborts its signal after a time without a restart. */
class Silence {
  readonly #abort = new AbortController();
  readonly #ms: number;
  #timer: ReturnType<typeof setTimeout>;

  constructor(ms: number) {
    this.#ms = ms;
    this.#timer = this.#start();
  }

  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  restart(): void {
    clearTimeout(this.#timer);
    this.#timer = this.#start();
  }

  end(): void {
    clearTimeout(this.#timer);
  }

  #start(): ReturnType<typeof setTimeout> {
    const error = new TypeError("Nothing arrived for too long.");
    return setTimeout(() => this.#abort.abort(error), this.#ms);
  }
}
