/**
 * The live sockets of a chat. They hold nothing awake: the runtime keeps them while the room sleeps,
 * and each knows its place in the log.
 */
import type { Deps } from "../../../deps.ts";
import type { NumberedEvent } from "../wire/events.ts";
import { delay } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { closedSocket } from "./closed-socket.ts";
import type { EndedSessions } from "./ended-sessions.ts";
import { LiveSocket } from "./live-socket.ts";
import { readSocketRequest } from "./contract.ts";
import { type Pace, SendBudget } from "./send-budget.ts";
import { noteActivity, noteClosed, type SocketKey } from "../store/tickets.ts";
import type { EventLog } from "./event-log.ts";
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

const MOST_SOCKETS = 32;

/**
 * Of all sockets of the room together: what some of them do not read is in memory until their connection is
 * gone, which the room does not get to know of one that the client has closed. Faster than any answer is written.
 */
const PACE: Pace = { burstBytes: 24 * 1024 * 1024, bytesPerSecond: 512 * 1024 };

/** Heartbeats between two notes of a socket's activity: a minute. */
const BEATS_BETWEEN_NOTES = 4;

const OPEN = 1;

export class RoomSockets {
  readonly #ctx: DurableObjectState;
  readonly #deps: Deps;
  readonly #log: EventLog;
  readonly #ended: EndedSessions;
  readonly #open = new Map<WebSocket, LiveSocket>();
  /** The chat as it was shown last. */
  #chat: ChatUpdate | undefined;
  readonly #budget: SendBudget;
  /** Those that wait until they may be sent the next page of the log. */
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

  /** Opens the socket that a request of the Worker's asks for; it is sent what comes after an id. */
  accept(request: Request, after: number): Response {
    const key = readSocketRequest(request);
    const closing = this.#refuse(key);
    if (closing) {
      this.#note(noteClosed(this.#deps.db, key, this.#deps.clock()));
      return new Response(null, { status: 101, webSocket: closedSocket(closing) });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    this.#ctx.acceptWebSocket(server);
    const attachment = { ...key, lastId: after };
    this.#open.set(server, LiveSocket.open(server, this.#log, attachment, this.#deps.clock()));
    this.#update(server);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** There may be something new in the log. */
  notify(): void {
    for (const ws of this.#open.keys()) this.#update(ws);
  }

  /** Sends a frame that is no event of the log to every socket. */
  broadcast(frame: string): void {
    const now = this.#deps.clock();
    for (const [ws, socket] of this.#open) {
      const closing = closingOf(socket, now);
      if (closing) this.#close(ws, closing);
      else this.#guard(ws, () => socket.send(frame));
    }
  }

  /** Shows every socket the chat; what arrives late does not show it as it was before. */
  broadcastChat(change: ChatUpdate): void {
    if (!this.#chat || this.#chat.version <= change.version) this.#chat = change;
    this.broadcast(encodeChatUpdated({ ...change, chat: this.#chat.chat }));
  }

  /** A client said something. */
  onMessage(ws: WebSocket, data: string | ArrayBuffer): void {
    const socket = this.#open.get(ws);
    if (!socket) return;
    this.#guard(ws, () => {
      const closing = this.#respond(ws, socket, data);
      if (closing) this.#close(ws, closing);
    });
  }

  /** A client leaves, and waits for the same of us. */
  onClosing(ws: WebSocket): void {
    this.#close(ws, closings.onClosed);
  }

  /** A client is gone. */
  left(ws: WebSocket): void {
    const socket = this.#forget(ws);
    if (socket) this.#note(noteClosed(this.#deps.db, socket.key, this.#deps.clock()));
  }

  /** Their sign-in has ended; whoever ended it knows of their rows. */
  endSession(sessionId: string): void {
    for (const [ws, { key }] of this.#open) {
      if (key.sessionId === sessionId) this.#forget(ws)?.close(closings.sessionEnded);
    }
  }

  /** The chat is gone, and their rows with it: they get these events last. */
  closeAll(last: readonly NumberedEvent[]): void {
    for (const event of last) this.broadcast(encodeFrame(event));
    for (const ws of this.#open.keys()) this.#forget(ws)?.close(closings.chatDeleted);
  }

  /** Why a socket is not opened: the client reads it of the close frame, as of no status. */
  #refuse({ sessionId }: SocketKey): Closing | undefined {
    if (this.#ended.has(sessionId)) return closings.sessionEnded;
    // Those that are closed and do not go are among them.
    const count = this.#ctx.getWebSockets().length;
    return count >= MOST_SOCKETS ? closings.tooManySockets : undefined;
  }

  /** Sends what is new, a page of the log at a time: others get their turn in between. */
  #update(ws: WebSocket): void {
    const socket = this.#open.get(ws);
    if (!socket || this.#waiting.has(ws)) return;
    this.#guard(ws, () => {
      const now = this.#deps.clock();
      this.#noteActivity(ws, socket);
      if (!socket.isBehind) return;
      const closing = closingOf(socket, now);
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

  /** Does what a frame asks for; why the socket is to be closed, where it is. */
  #respond(ws: WebSocket, socket: LiveSocket, data: string | ArrayBuffer): Closing | undefined {
    const now = this.#deps.clock();
    if (!socket.admitFrame(now)) return closings.tooManyFrames;
    const closing = closingOf(socket, now);
    if (closing) return closing;
    const frame = decodeFrame(data);
    if ("code" in frame) return frame;
    this.#noteActivity(ws, socket);
    if (frame.type === "ping") socket.send(PONG);
    else if (!this.#log.hasIssued(frame.after)) socket.send(encodeUnknownId());
    else if (!socket.resume(frame.after)) return closings.tooManyResumes;
    else this.#update(ws);
    return undefined;
  }

  /** A failure closes the one socket: nothing that a client does may reach the turn. */
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
    this.left(ws);
  }

  #forget(ws: WebSocket): LiveSocket | undefined {
    const socket = this.#open.get(ws);
    this.#open.delete(ws);
    return socket;
  }

  /** Once in a while; what the row then tells of a sign-in that ended makes up for a push that was lost. */
  #noteActivity(ws: WebSocket, socket: LiveSocket): void {
    const { config, clock } = this.#deps;
    const now = clock();
    if (!socket.isDue(now, BEATS_BETWEEN_NOTES * config.TURN_LIMITS.heartbeat_ms)) return;
    this.#note(this.#noteOrClose(ws, socket, now));
  }

  async #noteOrClose(ws: WebSocket, socket: LiveSocket, now: number): Promise<void> {
    const mayStay = await noteActivity(this.#deps.db, socket.key, now);
    if (!mayStay) this.#close(ws, closings.sessionEnded);
  }

  /** A row tells what was; that it could not be written changes nothing for the client. */
  #note(noting: Promise<void>): void {
    const logged = noting.catch((error: unknown) =>
      logError("socket_not_noted", { cause: nameOf(error) }),
    );
    this.#ctx.waitUntil(logged);
  }
}

/** Why a socket may be sent nothing more. */
function closingOf(socket: LiveSocket, now: number): Closing | undefined {
  if (socket.isExpired(now)) return closings.sessionEnded;
  return socket.isSpent ? closings.sentEnough : undefined;
}
