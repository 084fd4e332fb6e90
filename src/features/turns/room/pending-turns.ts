/** Turns whose beginning is being asked of Postgres, and which of them are to be stopped. */
import type { Config } from "../../../env.ts";
import { within } from "../../../lib/clock.ts";
import type { Message } from "../../messages/schemas.ts";
import { plainPrompt } from "../generate/prepare.ts";
import type { Prompt } from "../generate/prompt.ts";
import type { BegunTurn } from "../store/turn.ts";
import { begunCheckpoint, type RunningCheckpoint, serializeCheckpoint } from "./checkpoint.ts";
import type { StopTurn } from "./contract.ts";
import type { TurnTable } from "./turn-table.ts";

/** With what the answer itself takes to stop, less than the two seconds of the promise. */
const STOP_WAIT_MS = 750;

type PendingTurn = { record: RunningCheckpoint; settled: PromiseWithResolvers<void> };

export class PendingTurns {
  readonly #turns: Pick<TurnTable, "update">;
  readonly #open = new Map<string, PendingTurn>();

  constructor(turns: Pick<TurnTable, "update">) {
    this.#turns = turns;
  }

  add(record: RunningCheckpoint): void {
    this.#open.set(record.answer.id, { record, settled: Promise.withResolvers() });
  }

  has(answerId: string): boolean {
    return this.#open.has(answerId);
  }

  /** What is known of a turn whose beginning is open. */
  find(answerId: string): RunningCheckpoint | undefined {
    return this.#open.get(answerId)?.record;
  }

  /** It runs, or nothing came of it. */
  delete(answerId: string): void {
    this.#open.get(answerId)?.settled.resolve();
    this.#open.delete(answerId);
  }

  /** Nothing can come of any of them: the chat is gone. */
  clear(): void {
    for (const answerId of this.#open.keys()) this.delete(answerId);
  }

  /** Resolves once that is known of a turn; at once for any other. */
  async settled(answerId: string): Promise<void> {
    await this.#open.get(answerId)?.settled.promise;
  }

  /**
   * Notes that a user's turns are to be stopped as soon as they begin, or only the one that is named. The
   * answer as it will be stored, where Postgres takes long; undefined where none of them is open any more.
   */
  async stop({ userId, messageId }: StopTurn): Promise<Message | undefined> {
    const meant = [...this.#open.values()].filter(
      ({ record: { userId: owner, answer } }) =>
        owner === userId && (messageId ?? answer.id) === answer.id,
    );
    for (const beginning of meant) this.#stop(beginning);
    await within(STOP_WAIT_MS, Promise.all(meant.map(({ settled }) => settled.promise)));
    const open = meant.find(({ record }) => this.has(record.answer.id));
    return open && { ...open.record.answer, status: "stopped" };
  }

  /** Written down, so that a crash does not forget it. */
  #stop(beginning: PendingTurn): void {
    if (beginning.record.isStopped) return;
    beginning.record = { ...beginning.record, isStopped: true };
    const { record } = beginning;
    this.#turns.update(record.answer.id, serializeCheckpoint({ running: record }));
  }
}

export type TurnStart = { begun: BegunTurn; prompt: Prompt | undefined; record: RunningCheckpoint };

/** A committed turn as it is to run: one that was stopped meanwhile asks for no answer and no title. */
export function startOf(config: Config, known: RunningCheckpoint, committed: BegunTurn): TurnStart {
  const begun: BegunTurn = known.isStopped ? { ...committed, needsTitle: false } : committed;
  const prompt = known.isStopped ? undefined : plainPrompt(config, known.model, begun);
  return {
    begun,
    prompt,
    record: begunCheckpoint(known, begun.answer, prompt?.estimatedTokens ?? 0),
  };
}
