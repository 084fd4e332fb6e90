/** Turns that are not committed in Postgres yet, and which of them are stopped meanwhile. */
import { within } from "../../../lib/clock.ts";
import type { Message } from "../../messages/schemas.ts";
import { type RunningCheckpoint, serializeCheckpoint } from "./checkpoint.ts";
import type { StopTurn } from "./contract.ts";
import type { TurnTable } from "./turn-table.ts";

/** Together with the wait for a running answer, less than the two seconds that a stop may take. */
const STOP_WAIT_MS = 750;

type PendingTurn = {
  checkpoint: RunningCheckpoint;
  stop: AbortController;
  settled: PromiseWithResolvers<void>;
};

export class PendingTurns {
  readonly #turns: Pick<TurnTable, "insert" | "updateCheckpoint">;
  readonly #pending = new Map<string, PendingTurn>();

  constructor(turns: Pick<TurnTable, "insert" | "updateCheckpoint">) {
    this.#turns = turns;
  }

  /** Adds a turn and stores its checkpoint. The signal is aborted where it is stopped, or its chat deleted. */
  add(checkpoint: RunningCheckpoint): AbortSignal {
    const { userId, answer } = checkpoint;
    const stop = new AbortController();
    this.#pending.set(answer.id, { checkpoint, stop, settled: Promise.withResolvers() });
    this.#turns.insert({
      answerId: answer.id,
      userId,
      checkpoint: serializeCheckpoint({ running: checkpoint }),
    });
    return stop.signal;
  }

  has(answerId: string): boolean {
    return this.#pending.has(answerId);
  }

  /** The checkpoint of a pending turn. */
  find(answerId: string): RunningCheckpoint | undefined {
    return this.#pending.get(answerId)?.checkpoint;
  }

  /** Changes and stores the checkpoint of a turn, as long as it is pending. */
  change(answerId: string, changes: Partial<RunningCheckpoint>): void {
    const turn = this.#pending.get(answerId);
    if (!turn) return;
    turn.checkpoint = { ...turn.checkpoint, ...changes };
    this.#turns.updateCheckpoint(answerId, serializeCheckpoint({ running: turn.checkpoint }));
  }

  /** The turn has started, or was refused. */
  delete(answerId: string): void {
    this.#pending.get(answerId)?.settled.resolve();
    this.#pending.delete(answerId);
  }

  /** The chat is deleted: none of the turns will start. */
  clear(): void {
    for (const [answerId, { stop }] of this.#pending) {
      stop.abort();
      this.delete(answerId);
    }
  }

  /** Resolves once the turn has started or was refused; at once for a turn that is not pending. */
  async settled(answerId: string): Promise<void> {
    await this.#pending.get(answerId)?.settled.promise;
  }

  /**
   * Has a user's pending turns, or only the named one, stop as soon as they start, and waits for that a
   * moment. Resolves to the answer as it will be stored where the commit takes longer; undefined where no
   * such turn is pending any more.
   */
  async stop({ userId, messageId }: StopTurn): Promise<Message | undefined> {
    const stopped = [...this.#pending.values()].filter(
      ({ checkpoint: { userId: owner, answer } }) =>
        owner === userId && (messageId ?? answer.id) === answer.id,
    );
    for (const turn of stopped) this.#stop(turn);
    await within(STOP_WAIT_MS, Promise.all(stopped.map(({ settled }) => settled.promise)));
    const pending = stopped.find(({ checkpoint }) => this.has(checkpoint.answer.id));
    return pending && { ...pending.checkpoint.answer, status: "stopped" };
  }

  /** Stored, so that a crash does not lose the stop. */
  #stop({ checkpoint, stop }: PendingTurn): void {
    if (checkpoint.isStopped) return;
    this.change(checkpoint.answer.id, { isStopped: true });
    stop.abort();
  }
}
