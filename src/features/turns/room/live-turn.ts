/** The turn that is running in this room, as far as memory holds it. */
import { toProblem } from "../../../http/problem-response.ts";
import { within } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { Message } from "../../messages/schemas.ts";
import type { TurnEvent } from "../wire/events.ts";
import type { FinishedTurn } from "../store/turn.ts";

/** A turn's result as one piece, for a client that does not stream. */
export type TurnOutcome = {
  userMessage: Message | undefined;
  answer: Message;
  /** The chat's title as far as it is known. */
  chatName: string | undefined;
  problem: ProblemCode | undefined;
  /** Seconds that its provider asked for. */
  retryAfter?: number;
};

/** A problem on its way through RPC, which carries no classes. */
export type TurnRefusal = { code: ProblemCode; members: Record<string, unknown> };

/** What was caught instead of a beginning; a bug is logged here, because it gets no further. */
export function toRefusal(error: unknown): TurnRefusal {
  const problem = toProblem(error);
  if (problem.code === "internal_error") logError("begin_failed", { cause: nameOf(error) });
  return { code: problem.code, members: problem.extras.members ?? {} };
}

const UNKNOWN: ReadonlySet<ProblemCode> = new Set(["database_unavailable", "internal_error"]);

/** True where it is not known that nothing came of the beginning. */
export function mayHaveBegun({ code }: TurnRefusal): boolean {
  return UNKNOWN.has(code);
}

/** Whoever stops an answer is told within two seconds how it stands. */
const STOP_WAIT_MS = 1_000;

export class LiveTurn {
  readonly answerId: string;
  readonly userId: string;
  /** Id of its first event. */
  readonly firstId: number;
  /** True where its run was lost: all there is to do is to end it. */
  readonly isLost: boolean;
  readonly #stop = new AbortController();
  readonly #answered = Promise.withResolvers<Message | undefined>();
  readonly #superseded = Promise.withResolvers<void>();
  readonly #ended = Promise.withResolvers<TurnOutcome | undefined>();
  #userMessage: Message | undefined;
  #chatName: string | undefined;
  #problem: ProblemCode | undefined;
  #retryAfter: number | undefined;
  #finished: FinishedTurn | undefined;
  #isAnswered = false;
  #isEmitting = true;

  constructor(key: { answerId: string; userId: string; firstId: number; isLost?: boolean }) {
    this.answerId = key.answerId;
    this.userId = key.userId;
    this.firstId = key.firstId;
    this.isLost = key.isLost ?? false;
  }

  get stopSignal(): AbortSignal {
    return this.#stop.signal;
  }

  /** True until its last event, or until the room forgets it. */
  get isEmitting(): boolean {
    return this.#isEmitting;
  }

  /** True once its answer has ended: all that it may still wait for is its title. */
  get isAnswered(): boolean {
    return this.#isAnswered;
  }

  /** Resolves when another turn waits for this one's end. */
  get superseded(): Promise<void> {
    return this.#superseded.promise;
  }

  /** How it ended; undefined when the room forgot it before its end. */
  get outcome(): Promise<TurnOutcome | undefined> {
    return this.#ended.promise;
  }

  /** What another send is told meanwhile; to anybody else, not even that a turn is running. */
  refuseSecond(userId: string): TurnRefusal {
    if (userId !== this.userId) return { code: "not_found", members: {} };
    return { code: "turn_in_progress", members: { message_id: this.answerId } };
  }

  onBegun(userMessage: Message, chatName: string): void {
    this.#userMessage = userMessage;
    this.#chatName = chatName;
  }

  onFinished(turn: FinishedTurn): void {
    this.#finished = turn;
  }

  /** Takes note of an event that was told. */
  onEvent(event: TurnEvent): void {
    if (event.type === "chat_name") this.#chatName = event.name;
    if (event.type === "error") this.#fail(event);
    if (event.type === "ai_message_complete") this.#answer();
    if (event.type === "stream_complete") this.#end();
  }

  /**
   * Stops the provider, and resolves to the answer once it is saved. Where that takes long, to what
   * will be saved: the room has it by then, and does not let go of it. Undefined without the chat, and
   * where another's answer, or another answer, is meant.
   */
  async stop(userId: string, messageId = this.answerId): Promise<Message | undefined> {
    if (userId !== this.userId || messageId !== this.answerId) return undefined;
    this.#stop.abort();
    return (await within(STOP_WAIT_MS, this.#answered.promise)) ?? this.#finished?.message;
  }

  /** Once it is answered, it waits no longer for a title, and ends. */
  async supersede(): Promise<void> {
    if (!this.#isAnswered) return;
    this.#superseded.resolve();
    await this.outcome;
  }

  /** Stops it and tells nobody: the chat is gone. */
  forget(): void {
    this.#isEmitting = false;
    this.#finished = undefined;
    this.#stop.abort();
    this.#answered.resolve(undefined);
    this.#ended.resolve(undefined);
  }

  #fail({ code, retry_after: retryAfter }: Extract<TurnEvent, { type: "error" }>): void {
    this.#problem = code;
    this.#retryAfter = retryAfter;
  }

  #answer(): void {
    this.#isAnswered = true;
    this.#answered.resolve(this.#finished?.message);
  }

  #end(): void {
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
