/** Reading a chat's log from its room as a durable stream. */
import type { Context } from "hono";
import { SSE_HEADERS } from "../../../http/event-stream.ts";
import { hasTag } from "../../../http/entity-tag.ts";
import type { App } from "../../../http/router.ts";
import { Problem } from "../../../lib/problem.ts";
import { roomCall } from "../../../lib/room-call.ts";
import { requireChat } from "../../chats/queries.ts";
import { tooManySubscribers } from "../read.ts";
import type { LogPage, LogRefusal } from "../room/contract.ts";
import { type LogPosition, nextCursor, parseOffset, toOffset } from "../wire/durable-streams.ts";

type LogRequest = {
  offset: string;
  live: "long-poll" | "sse" | undefined;
  cursor: string | undefined;
  ifNoneMatch: string | undefined;
};

/** So much longer than its wait a room may take for a response. */
const ROOM_SLACK_MS = 30_000;

/**
 * The response to a read: a page, or a stream. For HEAD, the end of the log. Throws `not_found`, `unknown_offset`,
 * `log_pruned`, `too_many_subscribers`, `malformed_header` or `room_unavailable`.
 */
export async function readLog(
  c: Context<App>,
  chatId: string,
  request: LogRequest,
): Promise<Response> {
  const requireOwned = () => requireChat(c.get("deps").db, c.get("principal").userId, chatId);
  await requireOwned();
  const isHead = c.req.method === "HEAD";
  const position = isHead ? "end" : parseOffset(request.offset);
  if (position === undefined) throw new Problem("unknown_offset");
  const live = isHead ? undefined : request.live;
  const read = live === "sse" ? followInRoom : readInRoom;
  const result = await read(c, chatId, { ...request, live, position });
  if (result instanceof Response) return result;
  // Without a chat that was deleted in between, its room has no events.
  if (result === "unknown_offset") await requireOwned();
  if (result === "too_many_subscribers") throw tooManySubscribers();
  throw new Problem(result);
}

type RoomRequest = LogRequest & { position: LogPosition };

async function followInRoom(
  c: Context<App>,
  chatId: string,
  { position, cursor }: RoomRequest,
): Promise<Response | LogRefusal> {
  const { sessionId } = c.get("principal");
  const room = c.env.CHAT_ROOM.getByName(chatId);
  const result = await inRoom(() => room.followLog({ position, sessionId, cursor }));
  return typeof result === "string"
    ? result
    : new Response(result.stream, { headers: SSE_HEADERS });
}

async function readInRoom(
  c: Context<App>,
  chatId: string,
  request: RoomRequest,
): Promise<Response | LogRefusal> {
  const { sessionId } = c.get("principal");
  const { position, live } = request;
  const waits = live === "long-poll";
  const timeoutMs = c.get("deps").config.TURN_LIMITS.long_poll_ms + ROOM_SLACK_MS;
  const room = c.env.CHAT_ROOM.getByName(chatId);
  const page = await inRoom(() => room.readLog({ position, sessionId, waits }), timeoutMs);
  return typeof page === "string" ? page : toResponse(c, chatId, { page, request });
}

/** A deploy may restart the room in the middle of a call. */
async function inRoom<T>(call: () => T, timeoutMs?: number): Promise<Awaited<T>> {
  try {
    return await roomCall(call, timeoutMs);
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error });
  }
}

type Read = { page: LogPage; request: RoomRequest };

function toResponse(c: Context<App>, chatId: string, read: Read): Response {
  const { page, request } = read;
  const headers = headersOf(c, read);
  const isEmpty = page.lastId === page.after;
  if (request.live && isEmpty) return c.body(null, 204, headers);
  // The end of the log is another one at any time.
  if (request.position === "end") return c.body(page.json, 200, { ...headers, ...JSON_TYPE });
  const etag = tagOf(chatId, page);
  if (hasTag(request.ifNoneMatch, etag)) return c.body(null, 304, { ...headers, etag });
  return c.body(page.json, 200, { ...headers, ...JSON_TYPE, etag });
}

const JSON_TYPE = { "content-type": "application/json" };

function headersOf(c: Context<App>, { page, request }: Read): Record<string, string> {
  return {
    "stream-next-offset": toOffset(page.lastId),
    ...(page.isAtEnd && { "stream-up-to-date": "true" }),
    ...(page.isClosed && { "stream-closed": "true" }),
    ...(request.live && { "stream-cursor": nextCursor(c.get("deps").clock(), request.cursor) }),
  };
}

/** It differs where the same events are followed by others, by nothing yet, or by nothing ever. */
function tagOf(chatId: string, { after, lastId, isAtEnd, isClosed }: LogPage): string {
  const end = isClosed ? ":c" : isAtEnd ? ":u" : "";
  return `"${chatId}:${after}:${lastId}${end}"`;
}
