/** What a generation writes to: the room, seen from below. */
import type { Model } from "../../../lib/models.ts";
import type { NewUsage } from "../../usage/queries.ts";
import type { Failover } from "../store/answer.ts";
import type { FinishedTurn, LateTitle, SaveResult } from "../store/turn.ts";
import type { TurnEvent } from "../wire/events.ts";

/** One call of one model. The id of its usage row is made before the call, so that it is written once. */
export type Attempt = {
  model: Model;
  usageId: string;
  /** What earlier attempts cost. */
  spent?: NewUsage[];
  failover?: Failover;
};

export type TurnSink = {
  /** Appends the next event of the turn. Never waits: a slow subscriber delays nobody. */
  emit(event: TurnEvent): void;
  /** Stores what a crash would have to be settled by, before a provider is called. */
  checkpoint(known: Partial<Attempt> & { estimatedPromptTokens?: number }): void;
  /** Saves the end of the turn, until a time in milliseconds since the epoch. */
  save(finished: FinishedTurn, endsAt: number): Promise<SaveResult>;
  /** Saves a title that came after the answer. Resolves to the chat's title; undefined where it is unknown. */
  saveTitle(title: LateTitle): Promise<string | undefined>;
};
