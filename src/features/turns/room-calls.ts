/** What a room is asked, and answers. */
import type { Model } from "../../lib/models.ts";
import type { Refusal, TurnOutcome } from "./live-turn.ts";
import type { NewTurn } from "./persist.ts";
import type { TurnIds } from "./turn-key.ts";

export type StartTurn = {
  turn: NewTurn;
  model: Model;
  /** Where the client does not stream: the answer is the turn's outcome. */
  wait: boolean;
};

/** The turn, or why there is none, or the turn that its key began before. */
export type StartResult =
  | { refused: Refusal }
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | { replay: TurnIds };

export type ReadResult = { stream: ReadableStream<Uint8Array> } | "nothing" | "unknown_id";

export type AttachTurn = { userId: string; answerId: string; wait: boolean };

/** The turn as it was told or is being told; where that is over and forgotten, Postgres has the rest. */
export type AttachResult =
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | "gone";

/** Which answer is to be stopped; whichever is running, unless it is named. */
export type StopTurn = { userId: string; messageId: string | undefined };
