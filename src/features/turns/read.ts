/** Reading a turn from wherever, while its chat's room has it. */
import type { Context } from "hono";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { requireChat } from "../chats/queries.ts";
import type { ReadResult } from "./room/contract.ts";

/**
 * The rest of the turn that holds an event id; without one, the running turn from its start. Undefined
 * where there is nothing to read. Throws `not_found`, `unknown_event_id`, `too_many_subscribers` or
 * `room_unavailable`.
 */
export async function readTurn(
  c: Context<App>,
  chatId: string,
  eventId: string | undefined,
): Promise<ReadableStream<Uint8Array> | null | undefined> {
  const requireIt = () => requireChat(c.get("deps").db, c.get("principal").userId, chatId);
  await requireIt();
  const result = await readInRoom(c, chatId, toEventId(eventId));
  if (result === "nothing") return undefined;
  if (result === "unknown_id") {
    // A room knows no ids any more where its chat was deleted in between.
    await requireIt();
    throw new Problem("unknown_event_id");
  }
  if (result === "too_many_subscribers") throw tooManySubscribers();
  if (c.req.method !== "HEAD") return result.stream;
  // Nobody reads it: left alone, it would stay open until it is found to be slow.
  await result.stream.cancel();
  return null;
}

/** The room may be restarted by a deploy in the middle of a call. */
async function readInRoom(
  c: Context<App>,
  chatId: string,
  after: number | undefined,
): Promise<ReadResult> {
  try {
    return await c.env.CHAT_ROOM.getByName(chatId).read(after, c.get("principal").sessionId);
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error });
  }
}

function toEventId(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  if (!/^\d{1,15}$/.test(text)) throw new Problem("unknown_event_id");
  return Number(text);
}

/** A stream ends with its turn, or once it is found to be read by nobody. */
export function tooManySubscribers(): Problem {
  return new Problem("too_many_subscribers", { headers: { "retry-after": "10" } });
}
