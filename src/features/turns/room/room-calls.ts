/** What a room is asked, and answers. */
import { present } from "../../../lib/assert.ts";
import type { Model } from "../../../lib/models.ts";
import type { Refusal, TurnOutcome } from "./live-turn.ts";
import type { NewTurn } from "../persist.ts";
import type { SocketKey } from "../tickets.ts";
import type { TurnIds } from "../turn-key.ts";

export type StartTurn = {
  turn: NewTurn;
  model: Model;
  /** Where the client does not stream: the answer is the turn's outcome. */
  wait: boolean;
  /** The sign-in that the stream ends with. */
  sessionId: string;
};

/** The turn, or why there is none, or the turn that its key began before. */
export type StartResult =
  | { refused: Refusal }
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | { replay: TurnIds };

export type ReadResult = { stream: ReadableStream<Uint8Array> } | "nothing" | "unknown_id";

export type AttachTurn = { userId: string; sessionId: string; answerId: string; wait: boolean };

/** The turn as it was told or is being told; where that is over and forgotten, Postgres has the rest. */
export type AttachResult =
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | "gone";

/** Which answer is to be stopped; whichever is running, unless it is named. */
export type StopTurn = { userId: string; messageId: string | undefined };

/** How the Worker tells the room whose socket it hands over. A client's own headers never get there. */
const SOCKET_HEADERS = {
  rowId: "x-socket-row",
  userId: "x-socket-user",
  sessionId: "x-socket-session",
} as const;

/** The one call that is no RPC: a WebSocket cannot cross that. */
export function toSocketRequest(key: SocketKey): Request {
  const headers = {
    upgrade: "websocket",
    [SOCKET_HEADERS.rowId]: key.rowId,
    [SOCKET_HEADERS.userId]: key.userId,
    [SOCKET_HEADERS.sessionId]: key.sessionId,
  };
  return new Request("https://room/", { headers });
}

export function readSocketRequest({ headers }: Request): SocketKey {
  const read = (name: keyof SocketKey) => present(headers.get(SOCKET_HEADERS[name]), name);
  return { rowId: read("rowId"), userId: read("userId"), sessionId: read("sessionId") };
}
