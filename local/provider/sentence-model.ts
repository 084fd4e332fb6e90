/** Vectors that carry meaning, without a network: by a sentence model that is an npm package. English only. */
import { Worker } from "node:worker_threads";
import type { SentenceReply } from "./sentence-worker.ts";

/** The width of its vectors, which are of unit length. */
export const SENTENCE_WIDTH = 512;

/** Texts per message to the thread: a question waits for at most one of them. */
const TEXTS_AT_ONCE = 8;

/** In UTF-16 units; the model reads the beginning of longer texts, as others do. */
const LONGEST_TEXT = 4_000;

/** The thread takes up to 350 MB while it works, and a quarter of a second to start again. */
const IDLE_MS = 60_000;

type Job = {
  texts: string[];
  signal: AbortSignal | undefined;
  vectors: number[][];
  finished: PromiseWithResolvers<number[][]>;
};

/** One for all requests; its thread is started by the first, and ended when none came for a minute. */
export class SentenceModel {
  #worker: Worker | undefined;
  #jobs: Job[] = [];
  #running: Job | undefined;
  #idle: NodeJS.Timeout | undefined;

  /**
   * One vector per text. Requests with few texts left go first: somebody waits for a question. Rejects when
   * the signal, of a client that left, is aborted.
   */
  embed(texts: readonly string[], signal?: AbortSignal): Promise<number[][]> {
    const cut = texts.map((text) => text.slice(0, LONGEST_TEXT));
    const job: Job = { texts: cut, signal, vectors: [], finished: Promise.withResolvers() };
    this.#jobs.push(job);
    this.#next();
    return job.finished.promise;
  }

  async close(): Promise<void> {
    clearTimeout(this.#idle);
    const worker = this.#worker;
    this.#fail(new Error("the provider was closed"));
    await worker?.terminate();
  }

  #next(): void {
    if (this.#running) return;
    clearTimeout(this.#idle);
    for (const { signal, finished } of this.#jobs) {
      if (signal?.aborted) finished.reject(signal.reason);
    }
    this.#jobs = this.#jobs.filter(({ signal }) => !signal?.aborted);
    const job = this.#jobs.toSorted((a, b) => leftOf(a) - leftOf(b))[0];
    if (!job) {
      this.#idle = setTimeout(() => void this.close(), IDLE_MS).unref();
      return;
    }
    if (leftOf(job) === 0) return this.#finish(job);
    this.#running = job;
    this.#worker ??= this.#start();
    const from = job.vectors.length;
    // oxlint-disable-next-line require-post-message-target-origin -- a thread is no window
    this.#worker.postMessage(job.texts.slice(from, from + TEXTS_AT_ONCE));
  }

  #finish(job: Job): void {
    this.#jobs = this.#jobs.filter((other) => other !== job);
    job.finished.resolve(job.vectors);
    this.#next();
  }

  #start(): Worker {
    const worker = new Worker(new URL("./sentence-worker.ts", import.meta.url));
    worker.unref();
    worker.on("message", (reply: SentenceReply) => this.#take(reply));
    worker.on("error", (error) => this.#fail(error));
    return worker;
  }

  #take(reply: SentenceReply): void {
    const job = this.#running;
    this.#running = undefined;
    if (job && "vectors" in reply) job.vectors.push(...reply.vectors);
    if (job && "failure" in reply) {
      this.#jobs = this.#jobs.filter((other) => other !== job);
      job.finished.reject(new Error(reply.failure));
    }
    this.#next();
  }

  #fail(error: unknown): void {
    for (const { finished } of this.#jobs) finished.reject(error);
    this.#jobs = [];
    this.#running = undefined;
    this.#worker = undefined;
  }
}

function leftOf({ texts, vectors }: Job): number {
  return texts.length - vectors.length;
}
