/** The bytes of a streamed answer, read to its end. */
import { Problem } from "../../lib/problem.ts";
import { type ModelChunk, toChunks } from "./chunks.ts";
import { EventData } from "./event-data.ts";
import { ThinkTags } from "./think-tags.ts";

export type TakeChunks = (chunks: ModelChunk[]) => void;

const END_OF_STREAM = "[DONE]";

/** How long is waited for the usage, or for the end, of an answer whose text is over. */
const AFTER_FINISH_MS = 2_000;

/** How long a connection may take to end after `[DONE]`; nobody waits for it. */
const AFTER_DONE_MS = 1_000;

/**
 * Resolves at the end of the answer; `take` is given what arrived together, together. The end is
 * `[DONE]`, whatever the connection does then; with a reason to finish, it is also the loss of the
 * connection, or two seconds without more text. Throws what the connection throws before that, and
 * `ai_unavailable` where it was cut, where a chunk is no JSON, and where an error came in its place. What
 * came before is taken all the same.
 */
export async function readAnswer(
  body: ReadableStream<Uint8Array>,
  take: TakeChunks,
): Promise<void> {
  const bytes = body.getReader();
  // A read that is under way ends with it.
  const letGo = () => void bytes.cancel().catch(() => undefined);
  const answer = new AnswerReader(letGo);
  try {
    while (!answer.isOver) {
      // Not `for await`: it costs as much again as the reading itself.
      const read = await bytes.read();
      if (read.done) answer.end();
      else answer.push(read.value);
      answer.giveTo(take);
    }
  } catch (error) {
    answer.end();
    answer.giveTo(take);
    answer.problem ??= error;
  } finally {
    answer.stopWaiting();
    if (answer.isDone) void drain(bytes, letGo);
    else letGo();
  }
  if (!answer.isComplete) throw answer.problem ?? new Problem("ai_unavailable");
}

/** Reads what is left, unseen: a connection that ends by itself can serve the next request. */
async function drain(
  bytes: ReadableStreamDefaultReader<Uint8Array>,
  letGo: () => void,
): Promise<void> {
  const timer = setTimeout(letGo, AFTER_DONE_MS);
  try {
    while (!(await bytes.read()).done);
  } catch {
    // It is lost, and was not needed any more.
  } finally {
    clearTimeout(timer);
  }
}

class AnswerReader {
  /** What went wrong; once the answer has finished, nothing can. */
  problem: unknown;
  readonly #data: EventData;
  readonly #tags = new ThinkTags();
  readonly #letGo: () => void;
  #chunks: ModelChunk[] = [];
  #timer: ReturnType<typeof setTimeout> | undefined;
  #hasFinished = false;
  #isDone = false;
  #isOver = false;

  constructor(letGo: () => void) {
    this.#letGo = letGo;
    this.#data = new EventData({
      onData: (data, eventName) => this.#readData(data, eventName),
      onComment: () => this.#add({ type: "keep_alive" }),
    });
  }

  /** True where nothing that comes counts any more. */
  get isOver(): boolean {
    return this.#isOver;
  }

  /** True once the provider said so. */
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

  /** The connection is closed, or lost. */
  end(): void {
    if (this.#isOver) return;
    this.#read(() => this.#data.end());
    this.#isOver = true;
    this.#flush();
  }

  giveTo(take: TakeChunks): void {
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

  /** An event may be too large to be read. */
  #read(read: () => void): void {
    try {
      read();
    } catch (error) {
      this.#fail(new Problem("ai_unavailable", { cause: error }));
    }
  }

  #readData(data: string, eventName: string | undefined): void {
    // A provider that leaves out the blank lines makes one event of several.
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
    // What is no chunk keeps the connection alive, like a comment.
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

  /** Some providers give a reason with every piece: each begins the wait anew. */
  #wait(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(this.#letGo, AFTER_FINISH_MS);
  }
}

const BROKEN = "broken";

/**
 * The JSON of an event's data; undefined for what was never meant to be a chunk (nothing, a ping, a
 * comment in the wrong place), "broken" for the beginning of one.
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
