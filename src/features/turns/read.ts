/** Reading a turn from the log of its chat's room. */
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { roomCall } from "../../lib/room-call.ts";
import { requireChat } from "../chats/queries.ts";
import type { ReadResult, SubscribeResult } from "./room/contract.ts";
import type { Wire } from "./wire/wires.ts";

/**
 * The stream of the rest of the turn that an event belongs to; without an id, of the running turn from its start,
 * which is the only place where another wire than our own may begin.
 * Null for HEAD, undefined where there is nothing to read. Throws `not_found`, `unknown_event_id`,
 * `too_many_subscribers` or `room_unavailable`.
 */
export async function readTurn(
  c: Context<App>,
  chatId: string,
  eventId: string | undefined,
  wire?: Wire,
): Promise<ReadableStream<Uint8Array> | null | undefined> {
  const requireOwned = () => requireChat(c.get("deps").db, c.get("principal").userId, chatId);
  await requireOwned();
  const result = await readInRoom(c, { chatId, after: toEventId(eventId), wire });
  if (result === "nothing") return undefined;
  if (result === "unknown_id") {
    // Without a chat that was deleted in between, its room has no ids.
    await requireOwned();
    throw new Problem("unknown_event_id");
  }
  return toStream(c, result);
}

/** The same of the running turn, from its start, of a chat that was just found to be the user's. */
export async function readRunningTurn(
  c: Context<App>,
  chatId: string,
  wire: Wire,
): Promise<ReadableStream<Uint8Array> | null | undefined> {
  const result = await readInRoom(c, { chatId, after: undefined, wire });
  return result === "nothing" || result === "unknown_id" ? undefined : toStream(c, result);
}

async function toStream(
  c: Context<App>,
  result: SubscribeResult,
): Promise<ReadableStream<Uint8Array> | null> {
  if (result === "too_many_subscribers") throw tooManySubscribers();
  if (c.req.method !== "HEAD") return result.stream;
  // Otherwise the stream would stay open until the room disconnects it as too slow.
  await result.stream.cancel();
  return null;
}

/** A deploy may restart the room in the middle of a call. */
async function readInRoom(
  c: Context<App>,
  { chatId, after, wire }: { chatId: string; after: number | undefined; wire: Wire | undefined },
): Promise<ReadResult> {
  try {
    const room = c.env.CHAT_ROOM.getByName(chatId);
    return await roomCall(() => room.read(after, c.get("principal").sessionId, wire));
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error });
  }
}

function toEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Problem("unknown_event_id");
  return Number(text);
}

/** A stream closes with its turn, or when its client takes nothing for a while: then there is room for another. */
export function tooManySubscribers(): Problem {
  return new Problem("too_many_subscribers", { headers: { "retry-after": "10" } });
}
