/**
 * A socket of `WebSocketChatTransport`, which carries many chats: it ends in the Worker, and follows the streams of their
 * rooms. Nothing is queued here: a chunk is read from a room once the one before it is sent.
 */
import type { Context } from "hono";
import { sentenceOf, toProblem } from "../../../http/problem-response.ts";
import { countWork } from "../../../http/rate-limit.ts";
import type { App } from "../../../http/router.ts";
import { utf8Length } from "../../../lib/bytes.ts";
import { delay } from "../../../lib/clock.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { Problem } from "../../../lib/problem.ts";
import { isSignInLive } from "../../auth/keys/queries.ts";
import { readRunningTurn } from "../read.ts";
import { type Pace, SendBudget } from "../room/live-socket.ts";
import { type Closing, closings } from "../wire/socket.ts";
import { LARGEST_CHAT_BODY_BYTES } from "./chat-body.ts";
import { findChatId } from "./position.ts";
import { sendConversation } from "./send.ts";
import {
  chunkFrame,
  errorFrame,
  parseFrame,
  plainFrame,
  type SocketRequest,
  toTurnRequest,
} from "./socket-frames.ts";

/** Requests at the same time, each of which follows one stream. */
const MOST_REQUESTS = 16;
const MOST_FRAMES_PER_SECOND = 10;

/** The runtime keeps what is sent until the client reads it, and does not say how much that is. */
const PACE: Pace = { burstBytes: 1024 * 1024, bytesPerSecond: 1024 * 1024 };
const MOST_BYTES = 16 * 1024 * 1024;

/** A socket is one request to the platform, which limits the calls that it makes. */
const MOST_SENT_REQUESTS = 200;

const CHECK_MS = 60_000;

const WIRE = { name: "ai-sdk" } as const;

type TextStream = ReadableStreamDefaultReader<string>;

export class ChatSocket {
  readonly #ws: WebSocket;
  readonly #c: Context<App>;
  readonly #budget: SendBudget;
  /** The streams that are followed, by request; undefined until a request's stream is there. */
  readonly #open = new Map<string, TextStream | undefined>();
  readonly #check: ReturnType<typeof setInterval>;
  #sentBytes = 0;
  #requests = 0;
  #second = 0;
  #framesInSecond = 0;
  #isClosed = false;

  constructor(ws: WebSocket, c: Context<App>) {
    this.#ws = ws;
    this.#c = c;
    this.#budget = new SendBudget(PACE, c.get("deps").clock());
    this.#check = setInterval(() => void this.#requireSignIn(), CHECK_MS);
    ws.addEventListener("message", ({ data }) => this.#onMessage(data));
    ws.addEventListener("close", () => this.#onGone());
    ws.addEventListener("error", () => this.#onGone());
  }

  #onMessage(data: string | ArrayBuffer): void {
    const closing = this.#closingOf(data);
    if (closing) return this.#close(closing);
    const request = typeof data === "string" ? parseFrame(data) : undefined;
    if (!request) return this.#close(closings.notJson);
    if (request.type === "abort") return this.#cancel(request.requestId);
    if (this.#open.has(request.requestId)) return this.#close(closings.unknownType);
    if (this.#open.size >= MOST_REQUESTS || ++this.#requests > MOST_SENT_REQUESTS)
      return this.#close(closings.tooManyFrames);
    this.#open.set(request.requestId, undefined);
    void this.#serve(request);
  }

  #closingOf(data: string | ArrayBuffer): Closing | undefined {
    if (typeof data !== "string") return closings.notText;
    // A code unit takes at least one byte.
    if (data.length > LARGEST_CHAT_BODY_BYTES) return closings.tooLarge;
    const second = Math.floor(this.#c.get("deps").clock() / 1000);
    if (second !== this.#second) this.#framesInSecond = 0;
    this.#second = second;
    if (++this.#framesInSecond > MOST_FRAMES_PER_SECOND) return closings.tooManyFrames;
    return this.#sentBytes > MOST_BYTES ? closings.sentEnough : undefined;
  }

  /** Never rejects. */
  async #serve(request: Exclude<SocketRequest, { type: "abort" }>): Promise<void> {
    const { requestId } = request;
    try {
      if (!(await this.#requireSignIn())) return;
      const stream = await this.#streamOf(request);
      if (stream) await this.#follow(requestId, stream);
      else this.#send(plainFrame("no-active", requestId));
    } catch (error) {
      const problem = toProblem(error);
      if (problem.code === "internal_error") logError("socket_failed", { cause: nameOf(error) });
      this.#send(errorFrame(requestId, sentenceOf(problem)));
    } finally {
      this.#open.delete(requestId);
    }
  }

  async #streamOf(
    request: Exclude<SocketRequest, { type: "abort" }>,
  ): Promise<ReadableStream<Uint8Array> | undefined> {
    const c = this.#c;
    if (request.type === "send") {
      if (this.#onlyChat !== null) await this.#findChat(request.id);
      const conversation = toTurnRequest(request);
      await countWork(c, "turns");
      return (await sendConversation(c, conversation, WIRE)).stream;
    }
    const chatId = await this.#findChat(request.id);
    if (chatId === undefined) return undefined;
    return (await readRunningTurn(c, chatId, WIRE)) ?? undefined;
  }

  /** Forwards the chunks until the last one, or until the client gives the request up: the turn goes on. */
  async #follow(requestId: string, stream: ReadableStream<Uint8Array>): Promise<void> {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    if (this.#isClosed || !this.#open.has(requestId)) return reader.cancel();
    this.#open.set(requestId, reader);
    this.#send(plainFrame("start", requestId));
    let sequence = 0;
    for await (const chunk of chunksOf(reader)) {
      await this.#takeTurn();
      if (!this.#open.has(requestId)) return;
      this.#send(chunkFrame(requestId, sequence++, chunk));
    }
    if (this.#open.has(requestId)) this.#send(plainFrame("end", requestId));
  }

  async #takeTurn(): Promise<void> {
    const waitMs = this.#budget.waitMs(this.#c.get("deps").clock());
    if (waitMs > 0) await delay(waitMs);
  }

  #send(frame: string): void {
    if (this.#isClosed) return;
    const bytes = utf8Length(frame);
    this.#sentBytes += bytes;
    this.#budget.spend(bytes, this.#c.get("deps").clock());
    this.#ws.send(frame);
  }

  /** False where the session or the API key has ended, which closes the socket. */
  async #requireSignIn(): Promise<boolean> {
    const { db, clock } = this.#c.get("deps");
    const isLive = await isSignInLive(db, this.#c.get("principal"), new Date(clock())).catch(
      // Without Postgres nothing else is served, either.
      () => true,
    );
    if (!isLive) this.#close(closings.sessionEnded);
    return isLive;
  }

  /** The only chat that may be named: that of the ticket, if it has one. */
  get #onlyChat(): string | null {
    const principal = this.#c.get("principal");
    return principal.via === "ticket" ? principal.chatId : null;
  }

  /** The chat with the client's id or ours; undefined where there is none. Throws `not_found` where it may not be named. */
  async #findChat(id: string): Promise<string | undefined> {
    const { db } = this.#c.get("deps");
    const chatId = await findChatId(db, this.#c.get("principal").userId, id);
    if (this.#onlyChat !== null && chatId !== this.#onlyChat) throw new Problem("not_found");
    return chatId;
  }

  #cancel(requestId: string): void {
    const reader = this.#open.get(requestId);
    this.#open.delete(requestId);
    reader?.cancel().catch(() => undefined);
  }

  #close({ code, reason }: Closing): void {
    if (this.#isClosed) return;
    this.#onGone();
    this.#ws.close(code, reason);
  }

  #onGone(): void {
    this.#isClosed = true;
    clearInterval(this.#check);
    for (const requestId of this.#open.keys()) this.#cancel(requestId);
  }
}

const DATA = "data: ";
const DONE = "[DONE]";

/** The JSON of each chunk of a stream. Throws where the stream breaks. */
async function* chunksOf(reader: TextStream): AsyncGenerator<string> {
  let rest = "";
  for (;;) {
    const { value, done } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const chunk = block.startsWith(DATA) ? block.slice(DATA.length) : DONE;
      if (chunk !== DONE) yield chunk;
    }
  }
}
