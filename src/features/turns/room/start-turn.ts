/** Starting a turn: its checkpoint, its commit in Postgres, its run; or why it is refused. */
import type { Deps } from "../../../deps.ts";
import { toProblem } from "../../../http/problem-response.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import type { FileChangeSignal } from "../context/wait.ts";
import { TurnTimer } from "../generate/timings.ts";
import { turnLimits } from "../generate/worst-turn.ts";
import { generateTurn, titleTextOf, turnDeadline } from "../generate/generate.ts";
import { promptWithoutDocuments, systemPrompt } from "../generate/prepare.ts";
import { beginTurn, findTurnOfKey } from "../store/begin-turn.ts";
import type { BegunTurn, NewTurn, TurnIds } from "../store/turn.ts";
import type { RoomAlarm } from "./alarm.ts";
import {
  begunCheckpoint,
  pendingCheckpoint,
  type RunningCheckpoint,
  serializeCheckpoint,
} from "./checkpoint.ts";
import type { Settled, StartResult, StartTurn, TurnRefusal } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import type { LateTitles } from "./late-titles.ts";
import { LiveTurn } from "./live-turn.ts";
import type { PendingTurns } from "./pending-turns.ts";
import type { Recovery } from "./recovery.ts";
import type { SseSubscribers } from "./sse-subscribers.ts";
import type { TurnRunner } from "./turn-runner.ts";

type Room = {
  log: EventLog;
  titles: LateTitles;
  pending: PendingTurns;
  fileChanges: FileChangeSignal;
  subscribers: SseSubscribers;
  runner: TurnRunner;
  recovery: Recovery;
  alarm: RoomAlarm;
  /** Keeps the room awake until the promise settles. */
  waitUntil: (promise: Promise<unknown>) => void;
};

export class TurnStarter {
  readonly #room: Room;
  readonly #deps: Deps;

  constructor(room: Room, deps: Deps) {
    this.#room = room;
    this.#deps = deps;
  }

  /**
   * Commits a turn and runs it, whoever subscribes. Changes nothing about a running turn until Postgres has
   * accepted this one, because its sender may not own the chat. Never rejects.
   */
  async start(request: StartTurn): Promise<StartResult> {
    const { turn, model, wait, sessionId, wire } = request;
    const { clock } = this.#deps;
    const timer = new TurnTimer(clock, request.arrivedAt ?? clock());
    const { runner, titles, pending, subscribers } = this.#room;
    const previous = runner.live;
    if (previous && !previous.isAnswered) return this.#refuseSecond(turn, previous);
    const mayRequestTitle = titles.isEmpty;
    this.#prepare(turn, model);
    try {
      const begun = await this.#begin(turn, model);
      if ("replay" in begun) {
        await this.#discard(turn);
        return begun;
      }
      await previous?.supersede();
      // A room requests one title at a time.
      const needsTitle = begun.needsTitle && mayRequestTitle && titles.isEmpty;
      const live = await this.#run(turn, { ...begun, needsTitle }, timer);
      return wait
        ? { outcome: await live.outcome }
        : { stream: subscribers.subscribe(live.cursor, sessionId, wire) };
    } catch (error) {
      return { refused: await this.#refuse(turn, error) };
    } finally {
      pending.delete(turn.answerId);
    }
  }

  /** While another turn is being answered: a refusal, or the earlier turn of the same idempotency key. */
  async #refuseSecond(turn: NewTurn, live: LiveTurn): Promise<StartResult> {
    try {
      const replay = await findTurnOfKey(this.#deps.db, turn);
      return replay ? { replay } : { refused: refusalOfSecond(turn, live) };
    } catch (error) {
      return { refused: toRefusal(error) };
    }
  }

  /** Stores a checkpoint and sets the alarm before the commit. An alarm that is set for work is not delayed. */
  #prepare(turn: NewTurn, model: Model): void {
    const { alarm, pending, waitUntil } = this.#room;
    const isAlarmSet = alarm.hasWork;
    pending.add(pendingCheckpoint(turn, { model, usageId: this.#deps.newId() }));
    if (!isAlarmSet) waitUntil(alarm.schedule());
  }

  /**
   * Commits the turn. A streaming answer that no room is writing, because its own commit went through
   * unnoticed, is ended first.
   */
  async #begin(turn: NewTurn, model: Model): Promise<BegunTurn | { replay: TurnIds }> {
    const { db, config, model: client } = this.#deps;
    const limits = turnLimits(config, client, model, turn.instructions);
    try {
      return await beginTurn(db, turn, limits);
    } catch (error) {
      const streamingId = streamingAnswerOf(error);
      if (streamingId === undefined) throw error;
      if ((await this.#settle(streamingId)) !== "ended") throw error;
      return beginTurn(db, turn, limits);
    }
  }

  /** Ends a streaming answer; a live turn whose answer has ended and that only waits for its title ends first. */
  async #settle(answerId: string): Promise<Settled> {
    const { runner, recovery } = this.#room;
    if (runner.live?.answerId === answerId) await runner.live.supersede();
    return recovery.settle(answerId);
  }

  async #run(turn: NewTurn, committed: BegunTurn, timer: TurnTimer): Promise<LiveTurn> {
    const { log, titles, pending, runner, fileChanges } = this.#room;
    // The previous turn may be saved and still have its title to emit.
    await runner.live?.outcome;
    const { userId, chatId, answerId, instructions } = turn;
    const attempt = pending.find(answerId);
    if (!attempt) throw new Problem("not_found");
    const { begun, prompt, checkpoint } = this.#toRun(attempt, committed, instructions);
    const firstId = log.start(answerId, serializeCheckpoint({ running: checkpoint }));
    if (begun.needsTitle) titles.expect(turn, titleTextOf(begun));
    const live = new LiveTurn({ answerId, userId, firstId });
    live.onBegun(begun.userMessage, begun.chatTitle);
    if (attempt.isStopped) void live.stop(userId);
    const deadline = turnDeadline(Date.parse(attempt.startedAt), this.#deps.config.TURN_LIMITS);
    const { stopSignal: stop, superseded } = live;
    const input = { userId, chatId, begun, instructions, prompt, attempt, deadline, timer };
    runner.run(live, checkpoint, (sink) =>
      generateTurn({ ...input, stop, superseded, fileChanges }, this.#deps, sink),
    );
    pending.delete(answerId);
    return live;
  }

  /** What the run needs of a committed turn: one that was stopped meanwhile needs no prompt and no title. */
  #toRun(pending: RunningCheckpoint, committed: BegunTurn, instructions: string | undefined) {
    const { isStopped, model } = pending;
    const begun: BegunTurn = isStopped ? { ...committed, needsTitle: false } : committed;
    const { config, newId } = this.#deps;
    const system = systemPrompt(config, newId, instructions);
    const prompt = isStopped ? undefined : promptWithoutDocuments(system, model, begun);
    const checkpoint = begunCheckpoint(pending, begun.answer, prompt?.estimatedTokens ?? 0);
    return { begun, prompt, checkpoint };
  }

  /** Discards the turn, unless its commit may have gone through without our knowing. */
  async #refuse(turn: NewTurn, error: unknown): Promise<TurnRefusal> {
    const refusal = toRefusal(error);
    if (!MAY_BE_COMMITTED.has(refusal.code)) await this.#discard(turn);
    return refusal;
  }

  async #discard({ answerId }: NewTurn): Promise<void> {
    this.#room.log.turns.remove(answerId);
    await this.#room.alarm.deleteIfEmpty();
  }
}

/** Refusals that do not say whether Postgres committed the turn. */
const MAY_BE_COMMITTED: ReadonlySet<ProblemCode> = new Set([
  "database_unavailable",
  "internal_error",
]);

/** The refusal for what was thrown; a bug is logged here, because only its code reaches the Worker. */
function toRefusal(error: unknown): TurnRefusal {
  const problem = toProblem(error);
  if (problem.code === "internal_error") logError("begin_failed", { cause: nameOf(error) });
  return { code: problem.code, members: problem.extras.members ?? {} };
}

/** To anybody but the owner the chat does not exist, and so not its running turn. */
function refusalOfSecond({ userId }: NewTurn, live: LiveTurn): TurnRefusal {
  if (userId !== live.userId) return { code: "not_found", members: {} };
  return { code: "turn_in_progress", members: { message_id: live.answerId } };
}

/** The id of the streaming answer that refused a turn. */
function streamingAnswerOf(error: unknown): string | undefined {
  if (!(error instanceof Problem) || error.code !== "turn_in_progress") return undefined;
  const id = error.extras.members?.message_id;
  return typeof id === "string" ? id : undefined;
}
