/** The turn that runs in this room, as far as it is in memory. */
import { within } from "../../../lib/clock.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { Message } from "../../messages/schemas.ts";
import type { FinishedTurn } from "../store/turn.ts";
import type { TurnEvent } from "../wire/events.ts";
import type { TurnOutcome } from "./contract.ts";
import type { TurnEnd } from "./turn-table.ts";

/** A stop responds within two seconds. */
const STOP_WAIT_MS = 1_000;

export class LiveTurn {
  readonly answerId: string;
  readonly userId: string;
  readonly #firstId: number;
  /** True where a crash interrupted its run: it can only be ended. */
  readonly isInterrupted: boolean;
  readonly #stop = new AbortController();
  readonly #answered = Promise.withResolvers<Message | undefined>();
  readonly #superseded = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<TurnOutcome | undefined>();
  #userMessage: Message | undefined;
  #chatName: string | undefined;
  #problem: ProblemCode | undefined;
  #retryAfter: number | undefined;
  #finished: FinishedTurn | undefined;
  #end: TurnEnd | undefined;
  #hasOutput = false;
  #isAnswered = false;
  #isEmitting = true;

  /** `firstId`: id of its first event. */
  constructor(key: { answerId: string; userId: string; firstId: number; isInterrupted?: boolean }) {
    this.answerId = key.answerId;
    this.userId = key.userId;
    this.#firstId = key.firstId;
    this.isInterrupted = key.isInterrupted ?? false;
  }

  /** The position in the log before its first event. */
  get cursor(): number {
    return this.#firstId - 1;
  }

  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** True until its last event, or until the room drops it. */
  get isEmitting(): boolean {
    return this.#isEmitting;
  }

  /** True once its answer has ended: it can only be waiting for its title. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Its answer, once that has ended; undefined where the room dropped it. */
  get answered(): Promise<Message | undefined> {
    return this.#answered.promise;
  }

  /** Resolves when another turn waits for this one's end. */
  get superseded(): Promise<void> {
    return this.#superseded.promise;
  }

  /** True once it has emitted text or reasoning. */
  get hasOutput(): boolean {
    return this.#hasOutput;
  }

  /** Its end, as far as it is known. */
  get finished(): FinishedTurn | undefined {
    return this.#finished;
  }

  /** How Postgres has its end; undefined until then. */
  get end(): TurnEnd | undefined {
    return this.#end;
  }

  get problem(): ProblemCode | undefined {
    return this.#problem;
  }

  /** How it ended; undefined where the room dropped it. */
  get outcome(): Promise<TurnOutcome | undefined> {
    return this.#ended.promise;
  }

  onBegun(userMessage: Message, chatName: string): void {
    this.#userMessage = userMessage;
    this.#chatName = chatName;
  }

  onFinished(turn: FinishedTurn): void {
    this.#finished = turn;
  }

  onSaved(end: TurnEnd): void {
    this.#end = end;
  }

  onEvent(event: TurnEvent): void {
    this.#hasOutput ||= event.type === "content_delta" || event.type === "reasoning_delta";
    if (event.type === "chat_name") this.#chatName = event.name;
    if (event.type === "error") this.#onError(event);
    if (event.type === "ai_message_complete") this.#onAnswered();
    if (event.type === "stream_complete") this.#onEnded();
  }

  /**
   * Stops the provider, and resolves to the answer once it is saved; where that takes long, as it will be
   * saved. Undefined where the chat is deleted, for another user, and for another answer.
   */
  async stop(userId: string, messageId = this.answerId): Promise<Message | undefined> {
    if (userId !== this.userId || messageId !== this.answerId) return undefined;
    this.#stop.abort();
    return (await within(STOP_WAIT_MS, this.#answered.promise)) ?? this.#finished?.message;
  }

  /** Where its answer has ended: has it stop waiting for its title, and resolves at its end. */
  async supersede(): Promise<void> {
    if (!this.#isAnswered) return;
    this.#superseded.resolve();
    await this.outcome;
  }

  /** Stops it without an event. */
  drop(): void {
    this.#isEmitting = false;
    this.#finished = undefined;
    this.#stop.abort();
    this.#answered.resolve(undefined);
    this.#ended.resolve(undefined);
  }

  #onError({ code, retry_after: retryAfter }: Extract<TurnEvent, { type: "error" }>): void {
    this.#problem = code;
    this.#retryAfter = retryAfter;
  }

  #onAnswered(): void {
    this.#isAnswered = true;
    this.#answered.resolve(this.#finished?.message);
  }

  #onEnded(): void {
    this.#isEmitting = false;
    const answer = this.#finished?.message;
    this.#ended.resolve(
      answer && {
        userMessage: this.#userMessage,
        answer,
        chatName: this.#chatName,
        problem: this.#problem,
        ...(this.#retryAfter !== undefined && { retryAfter: this.#retryAfter }),
      },
    );
  }
}
