/** What a room is asked, and answers. */
import { present } from "../../../lib/assert.ts";
import type { Model } from "../../../lib/models.ts";
import type { TurnRefusal, TurnOutcome } from "./live-turn.ts";
import type { NewTurn } from "../store/turn.ts";
import type { SocketKey } from "../store/tickets.ts";
import type { TurnIds } from "../store/turn-key.ts";

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
  | { refused: TurnRefusal }
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | { replay: TurnIds };

/** A stream of the log; a room has so many at most. */
export type JoinResult = { stream: ReadableStream<Uint8Array> } | "too_many_subscribers";

export type ReadResult = JoinResult | "nothing" | "unknown_id";

export type AttachTurn = { userId: string; sessionId: string; answerId: string; wait: boolean };

/** The turn as it was told or is being told; where that is over and forgotten, Postgres has the rest. */
export type AttachResult = JoinResult | { outcome: TurnOutcome | undefined } | "gone";

/** Which answer is to be stopped; whichever is running, unless it is named. */
export type StopTurn = { userId: string; messageId: string | undefined };

/** How the Worker tells the room whose socket it hands over. A client's own headers never get there. */
const SOCKET_HEADERS = {
  rowId: "x-socket-row",
  userId: "x-socket-user",
  sessionId: "x-socket-session",
  expiresAt: "x-socket-expires",
} as const;

/** The one call that is no RPC: a WebSocket cannot cross that. */
export function toSocketRequest(key: SocketKey): Request {
  const headers = {
    upgrade: "websocket",
    [SOCKET_HEADERS.rowId]: key.rowId,
    [SOCKET_HEADERS.userId]: key.userId,
    [SOCKET_HEADERS.sessionId]: key.sessionId,
    ...(key.expiresAt !== undefined && { [SOCKET_HEADERS.expiresAt]: String(key.expiresAt) }),
  };
  return new Request("https://room/", { headers });
}

export function readSocketRequest({ headers }: Request): SocketKey {
  const read = (name: keyof SocketKey) => present(headers.get(SOCKET_HEADERS[name]), name);
  // A Worker of the version before does not give it.
  const expiresAt = headers.get(SOCKET_HEADERS.expiresAt);
  return {
    rowId: read("rowId"),
    userId: read("userId"),
    sessionId: read("sessionId"),
    ...(expiresAt !== null && { expiresAt: Number(expiresAt) }),
  };
}
