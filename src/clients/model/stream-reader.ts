/** Reads a streamed answer to its end. */
import { Problem } from "../../lib/problem.ts";
import { type ModelChunk, toChunks } from "./chunks.ts";
import { EventData } from "./event-data.ts";
import { ThinkTags } from "./think-tags.ts";

export type TakeChunks = (chunks: ModelChunk[]) => void;

const END_OF_STREAM = "[DONE]";

/** How long to wait for the usage, or for the end of the stream, after a finish reason. */
const AFTER_FINISH_MS = 2_000;

/** How long a connection may take to close after `[DONE]`; the answer does not wait for it. */
const AFTER_DONE_MS = 1_000;

/**
 * Resolves at the end of the answer. Calls `take` with the chunks of each network read, in one array. The
 * answer ends with `[DONE]`, whatever the connection does then; after a finish reason it also ends when
 * the connection is lost, or after two seconds without more text. Throws what the connection throws
 * before that, and `ai_unavailable` when the stream was cut, a chunk is not JSON, or the provider sent an
 * error. Chunks before a failure are still delivered.
 */
export async function readAnswer(
  body: ReadableStream<Uint8Array>,
  take: TakeChunks,
): Promise<void> {
  const bytes = body.getReader();
  // Cancelling also ends a pending read.
  const cancelBody = () => void bytes.cancel().catch(() => undefined);
  const answer = new AnswerParser(cancelBody);
  try {
    while (!answer.isOver) {
      // Not `for await`: it doubles the CPU time of this loop.
      const read = await bytes.read();
      if (read.done) answer.end();
      else answer.push(read.value);
      answer.passTo(take);
    }
  } catch (error) {
    answer.end();
    answer.passTo(take);
    answer.problem ??= error;
  } finally {
    answer.stopWaiting();
    if (answer.isDone) void drain(bytes, cancelBody);
    else cancelBody();
  }
  if (!answer.isComplete) throw answer.problem ?? new Problem("ai_unavailable");
}

/** Discards the rest: a connection that closes cleanly can be reused. */
async function drain(
  bytes: ReadableStreamDefaultReader<Uint8Array>,
  cancelBody: () => void,
): Promise<void> {
  const timer = setTimeout(cancelBody, AFTER_DONE_MS);
  try {
    while (!(await bytes.read()).done);
  } catch {
    // The connection was lost, but the answer is complete.
  } finally {
    clearTimeout(timer);
  }
}

class AnswerParser {
  /** The first failure; ignored once the answer is complete. */
  problem: unknown;
  readonly #data: EventData;
  readonly #tags = new ThinkTags();
  readonly #cancelBody: () => void;
  #chunks: ModelChunk[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFinished = false;
  #isDone = false;
  #isOver = false;

  constructor(cancelBody: () => void) {
    this.#cancelBody = cancelBody;
    this.#data = new EventData({
      onData: (data, eventName) => this.#readData(data, eventName),
      onComment: () => this.#add({ type: "keep_alive" }),
    });
  }

  /** True once further input is ignored. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** True once the provider sent `[DONE]`. */
  get isDone(): boolean {
    return this.#isDone;
  }

  get isComplete(): boolean {
    return this.#isDone || this.#hasFinished;
  }

  push(bytes: Uint8Array): void {
    this.#read(() => this.#data.push(bytes));
    if (this.#isOver) this.#flush();
  }

  /** Ends the input: the connection was closed or lost. */
  end(): void {
    if (this.#isOver) return;
    this.#read(() => this.#data.end());
    this.#isOver = true;
    this.#flush();
  }

  passTo(take: TakeChunks): void {
    const chunks = this.#chunks;
    this.#chunks = [];
    if (chunks.length > 0) take(chunks);
  }

  stopWaiting(): void {
    clearTimeout(this.#timer);
  }

  #flush(): void {
    this.#chunks.push(...this.#tags.flush());
  }

  /** Turns an event that is too large into a failure of the provider. */
  #read(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#fail(new Problem("ai_unavailable", { cause: error }));
    }
  }

  #readData(data: string, eventName: string | undefined): void {
    // A provider that leaves out the blank lines joins several events into one.
    const isOne = !data.includes("\n") || typeof parseChunk(data) === "object";
    for (const part of isOne ? [data] : data.split("\n")) this.#readPart(part);
    if (eventName === "error") this.#fail(new Problem("ai_unavailable"));
  }

  #readPart(data: string): void {
    if (this.#isOver) return;
    if (data.trim() === END_OF_STREAM) {
      this.#isDone = true;
      this.#isOver = true;
      return;
    }
    const value = parseChunk(data);
    if (value === BROKEN) this.#fail(new Problem("ai_unavailable"));
    else this.#readValue(value);
  }

  #readValue(value: unknown): void {
    const chunks = toChunks(value);
    // JSON that is no chunk counts as a keep-alive, like a comment.
    if (chunks.length === 0) this.#add({ type: "keep_alive" });
    for (const chunk of chunks) {
      if (chunk.type === "error") this.#fail(chunk.problem);
      else this.#add(chunk);
    }
  }

  #add(chunk: ModelChunk): void {
    if (this.#isOver) return;
    if (chunk.type === "text") this.#chunks.push(...this.#tags.push(chunk.text));
    else this.#chunks.push(chunk);
    if (chunk.type === "finish") this.#hasFinished = true;
    if (chunk.type === "finish" || (chunk.type === "text" && this.#hasFinished)) this.#wait();
  }

  #fail(problem: Problem): void {
    if (this.#isOver) return;
    this.problem ??= problem;
    this.#isOver = true;
  }

  /** Some providers send a finish reason with every chunk: each restarts the wait. */
  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#cancelBody, AFTER_FINISH_MS);
  }
}

const BROKEN = "broken";

/**
 * The parsed JSON of an event's data; undefined for data that is no JSON object or array (empty, a ping,
 * a misplaced comment), "broken" for truncated JSON.
 */
function parseChunk(data: string): unknown {
  const start = data.trimStart();
  if (start[0] !== "{" && start[0] !== "[") return undefined;
  try {
    return JSON.parse(start);
  } catch {
    return start[0] === "{" ? BROKEN : undefined;
  }
}
