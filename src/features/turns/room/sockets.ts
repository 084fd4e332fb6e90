/** The live sockets of a chat. While its room sleeps, the runtime keeps them, each with its cursor. */
import type { Deps } from "../../../deps.ts";
import { delay } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { saveSocketActivity, saveSocketClosed, type SocketKey } from "../store/tickets.ts";
import type { NumberedEvent } from "../wire/events.ts";
import {
  type ChatUpdate,
  type Closing,
  closings,
  decodeFrame,
  encodeChatUpdated,
  encodeFrame,
  encodeUnknownId,
  PING,
  PONG,
} from "../wire/socket.ts";
import { createClosedSocket, parseSocketRequest } from "./contract.ts";
import type { EventLog } from "./event-log.ts";
import { LiveSocket, type Pace, SendBudget } from "./live-socket.ts";

const MOST_SOCKETS = 32;

/**
 * Of all sockets of the room together: what a client does not read stays in memory until its connection ends,
 * and the room does not learn when. Faster than any answer is written.
 */
const PACE: Pace = { burstBytes: 24 * 1024 * 1024, bytesPerSecond: 512 * 1024 };

/** Heartbeats between two writes of a socket's activity: a minute. */
const HEARTBEATS_PER_WRITE = 4;

const OPEN = 1;

/** An access token outlives its session by minutes, in which no more sessions than this end. */
const MOST_ENDED_SESSIONS = 100;

/**
 * Sessions that have ended. A request that began before the end of its session may reach the room after it:
 * a ticket that was taken, a turn that was begun.
 */
export class EndedSessions {
  readonly #ids = new Set<string>();

  add(sessionId: string): void {
    this.#ids.add(sessionId);
    const [oldest] = this.#ids;
    if (this.#ids.size > MOST_ENDED_SESSIONS && oldest !== undefined) this.#ids.delete(oldest);
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }
}

export class RoomSockets {
  readonly #ctx: DurableObjectState;
  readonly #deps: Deps;
  readonly #log: EventLog;
  readonly #ended: EndedSessions;
  readonly #open = new Map<WebSocket, LiveSocket>();
  /** The newest version of the chat that was sent. */
  #chat: ChatUpdate | undefined;
  readonly #budget: SendBudget;
  /** Sockets that wait until they may send the next page of the log. */
  readonly #waiting = new Set<WebSocket>();

  constructor(ctx: DurableObjectState, deps: Deps, log: EventLog, ended: EndedSessions) {
    this.#ctx = ctx;
    this.#deps = deps;
    this.#log = log;
    this.#ended = ended;
    ctx.setWebSocketAutoResponse(new WebSocketRequestResponsePair(PING, PONG));
    const now = deps.clock();
    let sentBytes = 0;
    for (const ws of ctx.getWebSockets()) {
      const socket = LiveSocket.restore(ws, log, now);
      sentBytes += socket.sentBytes;
      if (ws.readyState === OPEN) this.#open.set(ws, socket);
    }
    this.#budget = new SendBudget(PACE, now, sentBytes);
  }

  /** Opens the socket that the Worker requests, from an id on, or refuses it by its close frame. */
  accept(request: Request, after: number): Response {
    const key = parseSocketRequest(request);
    const closing = this.#refusalOf(key);
    if (closing) {
      this.#inBackground(saveSocketClosed(this.#deps.db, key, this.#deps.clock()));
      return new Response(null, { status: 101, webSocket: createClosedSocket(closing) });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server);
    const attachment = { ...key, lastId: after };
    this.#open.set(server, LiveSocket.open(server, this.#log, attachment, this.#deps.clock()));
    this.#update(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** The log has a new event. */
  notify(): void {
    for (const ws of this.#open.keys()) this.#update(ws);
  }

  /** Sends every socket a frame that is no event of the log. */
  broadcast(frame: string): void {
    const now = this.#deps.clock();
    for (const [ws, socket] of this.#open) {
      const closing = this.#closingOf(socket, now);
      if (closing) this.#close(ws, closing);
      else this.#guard(ws, () => socket.send(frame));
    }
  }

  /** Sends every socket the chat. A change that arrives late is sent with the newer chat. */
  broadcastChat(change: ChatUpdate): void {
    if (!this.#chat || this.#chat.version <= change.version) this.#chat = change;
    this.broadcast(encodeChatUpdated({ ...change, chat: this.#chat.chat }));
  }

  /** A client has sent a frame. */
  onMessage(ws: WebSocket, data: string | ArrayBuffer): void {
    const socket = this.#open.get(ws);
    if (!socket) return;
    this.#guard(ws, () => {
      const closing = this.#respond(ws, socket, data);
      if (closing) this.#close(ws, closing);
    });
  }

  /** A client closes the connection, and waits for our close frame. */
  onClose(ws: WebSocket): void {
    this.#close(ws, closings.clientClosed);
  }

  /** The connection is closed. */
  onGone(ws: WebSocket): void {
    const socket = this.#remove(ws);
    const { db, clock } = this.#deps;
    if (socket) this.#inBackground(saveSocketClosed(db, socket.key, clock()));
  }

  /** A session has ended: closes its sockets. The batch that ended it has updated their rows. */
  endSession(sessionId: string): void {
    for (const [ws, { key }] of this.#open) {
      if (key.sessionId === sessionId) this.#remove(ws)?.close(closings.sessionEnded);
    }
  }

  /** The chat is deleted, with the rows of its sockets: sends these events and closes every socket. */
  closeAll(last: readonly NumberedEvent[]): void {
    for (const event of last) this.broadcast(encodeFrame(event));
    for (const ws of this.#open.keys()) this.#remove(ws)?.close(closings.chatDeleted);
  }

  /** Why a socket is refused. */
  #refusalOf({ sessionId }: SocketKey): Closing | undefined {
    if (this.#ended.has(sessionId)) return closings.sessionEnded;
    return this.#connections >= MOST_SOCKETS ? closings.tooManySockets : undefined;
  }

  /** Why a socket may send nothing more. */
  #closingOf(socket: LiveSocket, now: number): Closing | undefined {
    if (socket.isExpired(now)) return closings.sessionEnded;
    return socket.isSpent(this.#connections) ? closings.sentEnough : undefined;
  }

  /** With sockets that are closed but that the runtime has not removed yet: it may keep what they were sent. */
  get #connections(): number {
    return this.#ctx.getWebSockets().length;
  }

  /** Sends what is new, a page of the log at a time, so that the sockets take turns. */
  #update(ws: WebSocket): void {
    const socket = this.#open.get(ws);
    if (!socket || this.#waiting.has(ws)) return;
    this.#guard(ws, () => {
      const now = this.#deps.clock();
      this.#saveActivity(ws, socket);
      if (!socket.isBehind) return;
      const closing = this.#closingOf(socket, now);
      if (closing) return this.#close(ws, closing);
      const waitMs = Math.max(socket.waitMs(now), this.#budget.waitMs(now));
      const sent = waitMs > 0 || this.#sendPage(socket, now);
      if (sent && socket.isBehind) this.#updateAfter(ws, waitMs);
    });
  }

  /** True where there was something to send. */
  #sendPage(socket: LiveSocket, now: number): boolean {
    const bytes = socket.sendPage(now);
    this.#budget.spend(bytes, now);
    return bytes > 0;
  }

  #updateAfter(ws: WebSocket, waitMs: number): void {
    this.#waiting.add(ws);
    this.#ctx.waitUntil(delay(waitMs).then(() => this.#updateAgain(ws)));
  }

  #updateAgain(ws: WebSocket): void {
    this.#waiting.delete(ws);
    this.#update(ws);
  }

  /** Handles a frame of the client. Returns why the socket is to be closed, where it is. */
  #respond(ws: WebSocket, socket: LiveSocket, data: string | ArrayBuffer): Closing | undefined {
    const now = this.#deps.clock();
    if (!socket.admitFrame(now)) return closings.tooManyFrames;
    const closing = this.#closingOf(socket, now);
    if (closing) return closing;
    const frame = decodeFrame(data);
    if ("code" in frame) return frame;
    this.#saveActivity(ws, socket);
    if (frame.type === "ping") socket.send(PONG);
    else if (!this.#log.hasIssued(frame.after)) socket.send(encodeUnknownId());
    else if (!socket.resume(frame.after)) return closings.tooManyResumes;
    else this.#update(ws);
    return undefined;
  }

  /** A failure closes this one socket, and does not reach the turn. */
  #guard(ws: WebSocket, act: () => void): void {
    try {
      act();
    } catch (error) {
      logError("socket_failed", { cause: nameOf(error) });
      this.#close(ws, closings.failed);
    }
  }

  #close(ws: WebSocket, closing: Closing): void {
    this.#open.get(ws)?.close(closing);
    this.onGone(ws);
  }

  #remove(ws: WebSocket): LiveSocket | undefined {
    const socket = this.#open.get(ws);
    this.#open.delete(ws);
    return socket;
  }

  /** Writes the socket's activity once a minute, which also finds a session that ended without a notification. */
  #saveActivity(ws: WebSocket, socket: LiveSocket): void {
    const { config, clock } = this.#deps;
    const now = clock();
    const everyMs = HEARTBEATS_PER_WRITE * config.TURN_LIMITS.heartbeat_ms;
    if (!socket.isActivityDue(now, everyMs)) return;
    this.#inBackground(this.#saveActivityOrClose(ws, socket, now));
  }

  async #saveActivityOrClose(ws: WebSocket, socket: LiveSocket, now: number): Promise<void> {
    const isAllowed = await saveSocketActivity(this.#deps.db, socket.key, now);
    if (!isAllowed) this.#close(ws, closings.sessionEnded);
  }

  /** A failed write of a socket's row is only logged: the client does not depend on it. */
  #inBackground(write: Promise<void>): void {
    const logged = write.catch((error: unknown) =>
      logError("socket_not_saved", { cause: nameOf(error) }),
    );
    this.#ctx.waitUntil(logged);
  }
}
