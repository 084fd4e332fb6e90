/** What a generation writes to; the room implements it. */
import type { Model } from "../../../lib/models.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { Failover } from "../store/answer.ts";
import type { FinishedTurn, LateTitle, SaveResult } from "../store/turn.ts";
import type { TurnEvent } from "../wire/events.ts";

/** One model call. The id of its usage row exists before the call, so that the row is written once. */
export type Attempt = {
  model: Model;
  usageId: string;
  /** The usage rows of the attempts before it. */
  spent?: NewUsage[];
  failover?: Failover;
};

/** `preparation`: the usage rows of the calls that the prompt was prepared by. */
type CheckpointedCost = { estimatedPromptTokens?: number; preparation?: NewUsage[] };

export type TurnSink = {
  /** Appends the next event of the turn. Never waits: a slow subscriber delays nobody. */
  emit(event: TurnEvent): void;
  /** Stores changes of the turn's checkpoint, before a provider is called. */
  checkpoint(changes: Partial<Attempt> & CheckpointedCost): void;
  /** Saves the end of the turn, until a time in milliseconds since the epoch. */
  save(finished: FinishedTurn, endsAt: number): Promise<SaveResult>;
  /** Saves a title that comes after the answer. Resolves to the chat's title; undefined where it is not saved. */
  saveTitle(title: LateTitle): Promise<string | undefined>;
};
