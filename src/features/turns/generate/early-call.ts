/**
 * A call of a provider that is made while Postgres still commits its turn. What comes of it is held back until the turn
 * has begun, which takes the call over as its first attempt; otherwise it is cancelled, and its cost estimated.
 */
import type { ModelChunk, ModelClient } from "../../../clients/model.ts";
import type { Clock } from "../../../lib/clock.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { NewTurn } from "../store/turn.ts";
import { usageOf } from "./failover.ts";
import type { Prompt } from "./prompt.ts";
import type { TurnTimer } from "./timings.ts";
import type { Attempt } from "./turn-sink.ts";

type TakeChunks = Parameters<ModelClient["stream"]>[2];

/** In UTF-16 units: a provider that sends more before the commit is cut off, and called again after it. */
const MOST_HELD = 256 * 1024;
/** Of a chunk beside its text. */
const CHUNK_UNITS = 64;

type EarlyRequest = { turn: NewTurn; attempt: Attempt; prompt: Prompt };

export class EarlyCall {
  /** As the turn goes on with it. */
  readonly attempt: Attempt;
  readonly #turn: NewTurn;
  readonly #prompt: Prompt;
  readonly #clock: Clock;
  readonly #cancelled = new AbortController();
  /** Settles with the call. */
  #ended: Promise<void> = Promise.resolve();
  #problem: unknown;
  #calledAt = 0;
  #respondedAt: number | undefined;
  #held: ModelChunk[] = [];
  #heldUnits = 0;
  #take: TakeChunks | undefined;

  /** Calls nobody yet, so that the call can be stored first. */
  constructor({ turn, attempt, prompt }: EarlyRequest, clock: Clock) {
    this.attempt = { ...attempt, spent: [] };
    this.#turn = turn;
    this.#prompt = prompt;
    this.#clock = clock;
  }

  /** What it has used so far, if it is cancelled: an estimate. Empty where its provider was not called at all. */
  get spent(): NewUsage[] {
    const problem = this.#problem;
    if (problem instanceof Problem && problem.code === "ai_circuit_open") return [];
    // What a provider refuses costs nothing.
    const isRefused = problem !== undefined && this.#held.length === 0;
    const usage = {
      promptTokens: isRefused ? 0 : this.#prompt.estimatedTokens,
      completionTokens: estimateTokens(this.#held.map(textOf).join("")),
    };
    const { keyId = null } = this.#turn;
    const rows = usageOf(this.#turn, this.attempt, { usage, estimated: true }, this.#clock());
    // The turn has no message yet that could name the key.
    return rows.map((row) => ({ ...row, keyId }));
  }

  /** Calls the provider. `stop` cancels the call. */
  start(client: Pick<ModelClient, "stream">, stop: AbortSignal): void {
    const { model } = this.attempt;
    const { messages } = this.#prompt;
    const request = { model, messages, maxOutputTokens: model.maxOutputTokens };
    stop.addEventListener("abort", () => this.#cancelled.abort());
    this.#calledAt = this.#clock();
    const take: TakeChunks = (chunks) => this.#onChunks(chunks);
    this.#ended = client.stream(request, this.#cancelled.signal, take);
    // Until a turn takes the call over, nobody else waits for it.
    this.#ended.catch((error: unknown) => (this.#problem = error));
  }

  /** True where it was made with this prompt, and is not cancelled. */
  isFor({ messages }: Prompt): boolean {
    const own = this.#prompt.messages;
    const isSame = ({ role, content }: (typeof own)[number], index: number) =>
      messages[index]?.role === role && messages[index]?.content === content;
    return !this.#cancelled.signal.aborted && own.length === messages.length && own.every(isSame);
  }

  /** The client for a turn that takes the call over: its first stream is this one. */
  joinedTo(client: ModelClient, timer: TurnTimer): ModelClient {
    let isJoined = false;
    const stream: ModelClient["stream"] = (request, signal, take) => {
      if (isJoined) return client.stream(request, signal, take);
      isJoined = true;
      timer.onCall(this.#calledAt);
      if (this.#respondedAt !== undefined) timer.onResponse(this.#respondedAt);
      return this.#join(signal, take);
    };
    return { ...client, stream };
  }

  /** Closes the connection to the provider. Returns what the call has used. */
  cancel(): NewUsage[] {
    this.#cancelled.abort();
    return this.spent;
  }

  #onChunks(chunks: ModelChunk[]): void {
    if (this.#take) return this.#take(chunks);
    this.#held.push(...chunks);
    for (const chunk of chunks) this.#heldUnits += CHUNK_UNITS + textOf(chunk).length;
    if (chunks.some((chunk) => textOf(chunk) !== "")) this.#respondedAt ??= this.#clock();
    if (this.#heldUnits > MOST_HELD) this.#cancelled.abort();
  }

  async #join(signal: AbortSignal, take: TakeChunks): Promise<void> {
    signal.addEventListener("abort", () => this.#cancelled.abort(signal.reason));
    if (signal.aborted) this.#cancelled.abort(signal.reason);
    this.#take = take;
    if (this.#held.length > 0) take(this.#held);
    this.#held = [];
    await this.#ended;
  }
}

function textOf(chunk: ModelChunk): string {
  return "text" in chunk ? chunk.text : "";
}
