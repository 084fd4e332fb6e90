/** The calls between the Worker and a room. RPC carries no classes, so a problem travels as its code. */
import { present } from "../../../lib/assert.ts";
import type { Model } from "../../../lib/models.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import type { Message } from "../../messages/schemas.ts";
import type { SocketKey } from "../store/tickets.ts";
import type { NewTurn, TurnIds } from "../store/turn.ts";
import type { LogPosition } from "../wire/durable-streams.ts";
import type { Closing } from "../wire/socket.ts";
import type { Wire } from "../wire/wires.ts";

export type StartTurn = {
  turn: NewTurn;
  model: Model;
  /** True where the client does not stream: the result is the turn's outcome. */
  wait: boolean;
  /** The session that the stream ends with. */
  sessionId: string;
  /** The wire of the stream; our own if absent. */
  wire?: Wire | undefined;
  /** The trace of the request; a Worker of the previous version sends none. */
  traceparent?: string | undefined;
  /** When the request arrived, in milliseconds since the epoch; a Worker of the previous version does not send it. */
  arrivedAt?: number | undefined;
};

/** `replay`: the earlier turn of the same idempotency key. */
export type StartResult =
  | { refused: TurnRefusal }
  | { stream: ReadableStream<Uint8Array> }
  | { outcome: TurnOutcome | undefined }
  | { replay: TurnIds };

/** Why a turn did not begin. `members`: of the problem document. */
export type TurnRefusal = { code: ProblemCode; members: Record<string, unknown> };

/** A turn's result as one piece, for a client that does not stream. */
export type TurnOutcome = {
  userMessage: Message | undefined;
  answer: Message;
  /** The chat's title as far as it is known. */
  chatName: string | undefined;
  problem: ProblemCode | undefined;
  /** Seconds, from the provider. */
  retryAfter?: number;
};

/** A stream of the log, unless the room has as many as it admits. */
export type SubscribeResult = { stream: ReadableStream<Uint8Array> } | "too_many_subscribers";

export type ReadResult = SubscribeResult | "nothing" | "unknown_id";

/** A page of the log as a durable stream. `waits`: where there is nothing yet, for what comes next. */
export type ReadLog = { position: LogPosition; sessionId: string; waits: boolean };

export type LogPage = {
  /** The events as a JSON array. */
  json: string;
  /** The id that it was read after. */
  after: number;
  lastId: number;
  /** True where nothing follows yet. */
  isAtEnd: boolean;
  /** True where nothing will follow, because the chat was deleted. */
  isClosed: boolean;
};

/** Why the log is not read; the code of a problem. */
export type LogRefusal = "unknown_offset" | "log_pruned" | "too_many_subscribers";

/** The log as server-sent events. `cursor`: the client's last. */
export type FollowLog = { position: LogPosition; sessionId: string; cursor?: string | undefined };

export type FollowResult = SubscribeResult | LogRefusal;

export type AttachTurn = {
  userId: string;
  sessionId: string;
  answerId: string;
  wait: boolean;
  /** The wire of the stream; our own if absent. */
  wire?: Wire | undefined;
};

/** "gone": the turn has ended and its log is pruned; Postgres has its rows. */
export type AttachResult = SubscribeResult | { outcome: TurnOutcome | undefined } | "gone";

/** The answer to stop; without an id, the running one. */
export type StopTurn = { userId: string; messageId: string | undefined };

/** What became of an answer that is streaming in Postgres; "unknown" where the room does not know it. */
export type Settled = "running" | "ended" | "abandoned" | "failed" | "unknown";

/** The Worker names the user of a socket in these headers. A client's own headers do not reach the room. */
const SOCKET_HEADERS = {
  rowId: "x-socket-row",
  userId: "x-socket-user",
  sessionId: "x-socket-session",
  expiresAt: "x-socket-expires",
} as const;

/** The request that hands a socket over: the one call that is no RPC, which cannot carry a WebSocket. */
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

export function parseSocketRequest({ headers }: Request): SocketKey {
  const get = (name: keyof SocketKey) => present(headers.get(SOCKET_HEADERS[name]), name);
  // A Worker of the previous version does not send it.
  const expiresAt = headers.get(SOCKET_HEADERS.expiresAt);
  return {
    rowId: get("rowId"),
    userId: get("userId"),
    sessionId: get("sessionId"),
    ...(expiresAt !== null && { expiresAt: Number(expiresAt) }),
  };
}

/**
 * A socket that is refused: it closes as soon as it is open, because a browser shows its page the close frame
 * of a socket, but no HTTP status.
 */
export function createClosedSocket({ code, reason }: Closing): WebSocket {
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  server.close(code, reason);
  return client;
}
