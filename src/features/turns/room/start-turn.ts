/**
 * Starting a turn: its checkpoint, its commit in Postgres, its run; or why it is refused. Where the room knows the
 * prompt, the provider is called beside the commit, and nothing of its answer emitted before that.
 */
import type { Deps } from "../../../deps.ts";
import { toProblem } from "../../../http/problem-response.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import type { FileChangeSignal } from "../context/wait.ts";
import { EarlyCall } from "../generate/early-call.ts";
import { promptFor } from "../generate/prompt.ts";
import { TurnTimer } from "../generate/timings.ts";
import { turnLimits } from "../generate/worst-turn.ts";
import { generateTurn, titleTextOf, turnDeadline } from "../generate/generate.ts";
import { promptWithoutDocuments, systemPrompt } from "../generate/prepare.ts";
import { beginTurn, findTurnOfKey } from "../store/begin-turn.ts";
import { saveUsage } from "../store/finish-turn.ts";
import type { BegunTurn, NewTurn, TurnIds } from "../store/turn.ts";
import type { NewUsage } from "../../usage/queries.ts";
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
import { saveWithin } from "./save.ts";
import type { SseSubscribers } from "./sse-subscribers.ts";
import type { TurnRunner } from "./turn-runner.ts";
import type { WarmPath } from "./warm-path.ts";

type Room = {
  log: EventLog;
  titles: LateTitles;
  pending: PendingTurns;
  fileChanges: FileChangeSignal;
  subscribers: SseSubscribers;
  runner: TurnRunner;
  recovery: Recovery;
  alarm: RoomAlarm;
  warmPath: WarmPath;
  /** Keeps the room awake until the promise settles. */
  waitUntil: (promise: Promise<unknown>) => void;
};

/** What a turn has before its commit: the text of its system prompt, and the call that is made beside the commit. */
type Prepared = { system: string; early: EarlyCall | undefined };

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
    const prepared = this.#prepare(turn, model);
    try {
      const begun = await this.#begin(turn, model);
      if ("replay" in begun) {
        await this.#discard(turn, prepared);
        return begun;
      }
      await previous?.supersede();
      // A room requests one title at a time.
      const needsTitle = begun.needsTitle && mayRequestTitle && titles.isEmpty;
      const live = await this.#run(turn, { ...begun, needsTitle }, { ...prepared, timer });
      return wait
        ? { outcome: await live.outcome }
        : { stream: subscribers.subscribe(live.cursor, sessionId, wire) };
    } catch (error) {
      return { refused: await this.#refuse(turn, prepared, error) };
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

  /**
   * Stores a checkpoint and sets the alarm before the commit, and before a call: a crash then leaves its estimated cost.
   * An alarm that is set for work is not delayed.
   */
  #prepare(turn: NewTurn, model: Model): Prepared {
    const { alarm, pending, waitUntil } = this.#room;
    const { config, newId, model: client } = this.#deps;
    const system = systemPrompt(config, newId, turn.instructions);
    const early = this.#planEarly(turn, model, system);
    const isAlarmSet = alarm.hasWork;
    const attempt = { model, usageId: newId(), spent: early?.spent ?? [] };
    const stop = pending.add(pendingCheckpoint(turn, attempt));
    if (!isAlarmSet) waitUntil(alarm.schedule());
    early?.start(client, stop);
    return { system, early };
  }

  /** A call with the prompt that the room expects; undefined where it has to read the history first. */
  #planEarly(turn: NewTurn, model: Model, system: string): EarlyCall | undefined {
    const { clock, model: client, newId } = this.#deps;
    const path = this.#room.warmPath.take(turn, model);
    if (!path || !client.canAsk(model)) return undefined;
    const attempt = { model, usageId: newId() };
    return new EarlyCall({ turn, attempt, prompt: promptFor(model, path, system) }, clock);
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

  async #run(
    turn: NewTurn,
    committed: BegunTurn,
    { timer, ...prepared }: Prepared & { timer: TurnTimer },
  ): Promise<LiveTurn> {
    const { log, titles, pending, runner, fileChanges, warmPath } = this.#room;
    // The previous turn may be saved and still have its title to emit.
    await runner.live?.outcome;
    const { userId, chatId, answerId, instructions } = turn;
    const found = pending.find(answerId);
    if (!found) throw new Problem("not_found");
    const { begun, prompt, attempt, joined, checkpoint } = toRun(found, committed, prepared);
    const firstId = log.start(answerId, serializeCheckpoint({ running: checkpoint }));
    if (begun.needsTitle) titles.expect(turn, titleTextOf(begun));
    const live = new LiveTurn({ answerId, userId, firstId });
    live.onBegun(begun.userMessage, begun.chatTitle);
    if (attempt.isStopped) void live.stop(userId);
    const deadline = turnDeadline(Date.parse(attempt.startedAt), this.#deps.config.TURN_LIMITS);
    const { stopSignal: stop, superseded } = live;
    const input = { userId, chatId, begun, instructions, prompt, attempt, deadline, timer };
    const model = joined?.joinedTo(this.#deps.model, timer) ?? this.#deps.model;
    runner.run(live, checkpoint, (sink) =>
      generateTurn({ ...input, stop, superseded, fileChanges }, { ...this.#deps, model }, sink),
    );
    pending.delete(answerId);
    void warmPath.remember(begun, attempt.model, live);
    return live;
  }

  /** Discards the turn, unless its commit may have gone through without our knowing. */
  async #refuse(turn: NewTurn, prepared: Prepared, error: unknown): Promise<TurnRefusal> {
    const refusal = toRefusal(error);
    if (MAY_BE_COMMITTED.has(refusal.code)) this.#cancel(turn, prepared);
    else await this.#discard(turn, prepared);
    return refusal;
  }

  /** Forgets the turn, once the cost of its call is recorded. After a crash, or without Postgres, the alarm does. */
  async #discard(turn: NewTurn, prepared: Prepared): Promise<void> {
    const spent = this.#cancel(turn, prepared);
    if (spent.length === 0) return this.#forget(turn);
    this.#room.waitUntil(this.#recordAndForget(turn, spent));
  }

  /** Cancels the call. Stores what it has used, and returns that. */
  #cancel({ answerId }: NewTurn, { early }: Prepared): NewUsage[] {
    const spent = early?.cancel() ?? [];
    if (early) this.#room.pending.change(answerId, { spent });
    return spent;
  }

  async #recordAndForget(turn: NewTurn, spent: NewUsage[]): Promise<void> {
    const { db, clock, config } = this.#deps;
    const time = { retryMs: config.TURN_LIMITS.watchdog_ms };
    const saved = await saveWithin(time, clock, () => saveUsage(db, spent));
    if (saved !== "delayed") await this.#forget(turn);
  }

  async #forget({ answerId }: NewTurn): Promise<void> {
    this.#room.log.turns.remove(answerId);
    await this.#room.alarm.deleteIfEmpty();
  }
}

/**
 * What the run needs of a committed turn: one that was stopped meanwhile needs no prompt and no title. A call with the
 * very prompt of the turn is its first attempt; any other is cancelled, and paid beside it.
 */
function toRun(pending: RunningCheckpoint, committed: BegunTurn, { system, early }: Prepared) {
  const { isStopped, model } = pending;
  const begun: BegunTurn = isStopped ? { ...committed, needsTitle: false } : committed;
  const prompt = isStopped ? undefined : promptWithoutDocuments(system, model, begun);
  const joined = prompt && early?.isFor(prompt) ? early : undefined;
  const attempt = { ...pending, ...(joined?.attempt ?? { spent: early?.cancel() ?? [] }) };
  const checkpoint = begunCheckpoint(attempt, begun.answer, prompt?.estimatedTokens ?? 0);
  return { begun, prompt, attempt, joined, checkpoint };
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
