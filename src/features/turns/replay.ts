/** The answer to a repeated request: the turn that the first one began. */
import type { Context } from "hono";
import { markReplayed } from "../../http/keyed-route.ts";
import type { App } from "../../http/router.ts";
import { Problem } from "../../lib/problem.ts";
import { tooManySubscribers } from "./read.ts";
import { getTurn, type RebuiltTurn, replayEvents } from "./rebuild.ts";
import type { AttachResult } from "./room/contract.ts";
import { membersOf, toTurnResponse } from "./turn-response.ts";
import type { TurnIds } from "./store/turn-key.ts";
import { encodeUnnumbered, OPENING, SSE_HEADERS } from "../../http/event-stream.ts";

/**
 * Attaches to the turn while it runs and as long as its log is kept, else makes it again from its rows.
 * Throws `not_found` where its chat was deleted, `too_many_subscribers`, and a turn's own problem where nothing streams.
 */
export async function replayTurn(
  c: Context<App>,
  ids: TurnIds,
  streams: boolean,
): Promise<Response> {
  const found = await attach(c, ids, !streams);
  if (found === "too_many_subscribers") throw tooManySubscribers();
  if (found !== "gone" && "stream" in found) return streamAgain(found.stream);
  const isWhole = found !== "gone" && (found.outcome?.userMessage ?? found.outcome?.problem);
  if (isWhole) return c.json(toTurnResponse(ids, found.outcome, replayed), 200, replayed);
  const rebuilt = await getTurn(c.get("deps").db, c.get("principal").userId, ids);
  if (streams) return streamAgain(encode(rebuilt));
  return c.json(toTurnResponse(ids, rebuilt, replayed), 200, replayed);
}

const replayed = markReplayed(true);

async function attach(c: Context<App>, ids: TurnIds, wait: boolean): Promise<AttachResult> {
  const { answerId, chatId } = ids;
  const { userId, sessionId } = c.get("principal");
  try {
    return await c.env.CHAT_ROOM.getByName(chatId).attach({ userId, sessionId, answerId, wait });
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error, members: membersOf(ids) });
  }
}

function streamAgain(stream: ReadableStream<Uint8Array>): Response {
  return new Response(stream, { headers: { ...SSE_HEADERS, ...replayed } });
}

/** Without ids: there is nothing to resume from any more. */
function encode(turn: RebuiltTurn): ReadableStream<Uint8Array> {
  const events = replayEvents(turn);
  return new ReadableStream({
    start: (controller) => controller.enqueue(OPENING),
    pull: (controller) => {
      const next = events.next();
      if (next.done) controller.close();
      else controller.enqueue(encodeUnnumbered(next.value));
    },
  });
}
