/**
 * `Last-Event-ID` with a request that starts turns: a client repeats it after a cut, and asks nothing again. It gets
 * the rest of the turn that it has that event of.
 */
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { type Db, read } from "../../db/client.ts";
import { uuidArray } from "../../db/uuid-array.ts";
import { OPENING, SSE_HEADERS } from "../../http/event-stream.ts";
import type { App } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { readTurn } from "./read.ts";
import { findTurnOfKey } from "./store/begin-turn.ts";
import type { NewTurn } from "./store/turn.ts";

/** How long after a chat was created with its first turn a repeated request without a key finds it. */
const FOUND_FOR_MS = 24 * 60 * 60_000;

/**
 * The response to a repeated request: the events after that one, on our own wire; none where it was the last one, or
 * the log is pruned. Starts nothing. Throws `not_found`, `unknown_event_id`, `ambiguous_event_id`,
 * `idempotency_key_reused`, `too_many_subscribers` or `room_unavailable`.
 */
export async function attachTurn(
  c: Context<App>,
  turn: NewTurn,
  eventId: string,
): Promise<Response> {
  const stream = await readTurn(c, await findChatOf(c, turn), eventId);
  // Not 204, which generated clients take for a failure, and repeat for ever.
  return new Response(stream ?? OPENING, { headers: SSE_HEADERS });
}

/** The id of the chat that the turn is in; for one that creates its chat, of the chat that an earlier request created. */
async function findChatOf(c: Context<App>, turn: NewTurn): Promise<string> {
  if (turn.target !== "append" || turn.newChatTitle === undefined) return turn.chatId;
  const { db, clock } = c.get("deps");
  if (turn.key) {
    const earlier = await findTurnOfKey(db, turn);
    if (!earlier) throw new Problem("unknown_event_id");
    return earlier.chatId;
  }
  const since = toIso(new Date(clock() - FOUND_FOR_MS));
  const [found, another] = await listChatsBegunWith(db, turn, since);
  if (another !== undefined) throw new Problem("ambiguous_event_id");
  if (found === undefined) throw new Problem("unknown_event_id");
  return found;
}

/**
 * The owner's chats, two at most, that a request with the same message created: the client has an event of one of them,
 * so a single one is it. The first message of such a chat is as old as the chat itself.
 */
async function listChatsBegunWith(
  db: Db,
  { userId, userMessage, files }: NewTurn & { target: "append" },
  since: string,
): Promise<string[]> {
  const { content, metadata } = userMessage;
  const rows = await read(
    db,
    sql<{ id: string }>`
      SELECT c.id FROM chats AS c JOIN messages AS m
        ON m.chat_id = c.id AND m.parent_id IS NULL AND m.type = 'user' AND m.created_at = c.created_at
      WHERE c.user_id = ${userId} AND c.created_at > ${since}::timestamptz AND m.content = ${content}
        AND m.metadata = ${JSON.stringify(metadata)}::jsonb
        AND m.file_ids = ${uuidArray(files.named ?? [])}
      ORDER BY c.created_at DESC LIMIT 2`,
  );
  return rows.map(({ id }) => id);
}
