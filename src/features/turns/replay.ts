/** Replaying a turn to a repeated request: from its room while the log is kept, else from its rows. */
import { sql } from "drizzle-orm";
import type { Context } from "hono";
import { type Db, read } from "../../db/client.ts";
import { encodeUnnumbered, OPENING, SSE_HEADERS } from "../../http/event-stream.ts";
import { markReplayed } from "../../http/keyed-route.ts";
import type { App } from "../../http/router.ts";
import { toByteStream } from "../../lib/byte-stream.ts";
import { catalogue, Problem, type ProblemCode } from "../../lib/problem.ts";
import { roomCall } from "../../lib/room-call.ts";
import { readCitations } from "../citations/citation.ts";
import { fitMessage } from "../messages/fit-message.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { type Message, toMessage } from "../messages/schemas.ts";
import { outcomeMs } from "./outcome-timeout.ts";
import { tooManySubscribers } from "./read.ts";
import type { AttachResult, TurnOutcome } from "./room/contract.ts";
import { problemMembersOf, toTurnResponse } from "./schemas.ts";
import type { TurnIds } from "./store/turn.ts";
import { toCitationEvents, toDeltas, type TurnEvent } from "./wire/events.ts";
import { createPageEncoder, type Wire, withoutLog } from "./wire/wires.ts";

/**
 * The response of the earlier turn. Throws `not_found` where its chat is deleted, `too_many_subscribers`,
 * `room_unavailable`, and where the client does not stream the problem that the turn ended with.
 */
export async function replayTurn(
  c: Context<App>,
  ids: TurnIds,
  streams: boolean,
): Promise<Response> {
  if (streams) {
    const headers = { ...SSE_HEADERS, ...replayed };
    return new Response(await replayStream(c, ids), { headers });
  }
  return c.json(toTurnResponse(ids, await replayOutcome(c, ids), replayed), 200, replayed);
}

const replayed = markReplayed(true);

/**
 * The events of a turn from its first, also while it runs. From its rows, on our own wire without ids, once its log
 * is pruned. Throws `not_found`, `too_many_subscribers` or `room_unavailable`, and `unknown_event_id` for the middle
 * of a turn whose log is pruned: its rows do not say in what pieces it was sent.
 */
export async function replayStream(
  c: Context<App>,
  ids: TurnIds,
  wire?: Wire,
): Promise<ReadableStream<Uint8Array>> {
  const found = await attach(c, { ids, wait: false, wire });
  if (found === "too_many_subscribers") throw tooManySubscribers();
  if (found !== "gone" && "stream" in found) return found.stream;
  if (wire?.name === "ai-sdk" && wire.from) throw new Problem("unknown_event_id");
  const rebuilt = await rebuildTurn(c.get("deps").db, c.get("principal").userId, ids);
  return toByteStream(encode(rebuilt, wire));
}

/** The outcome of a turn, once it has ended. Throws `not_found` or `room_unavailable`. */
export async function replayOutcome(c: Context<App>, ids: TurnIds): Promise<TurnOutcome> {
  const found = await attach(c, { ids, wait: true });
  const outcome = typeof found === "object" && "outcome" in found ? found.outcome : undefined;
  // The outcome of an interrupted turn has no user message.
  if (outcome && (outcome.userMessage ?? outcome.problem)) return outcome;
  return rebuildTurn(c.get("deps").db, c.get("principal").userId, ids);
}

type Attachment = { ids: TurnIds; wait: boolean; wire?: Wire | undefined };

async function attach(c: Context<App>, { ids, wait, wire }: Attachment): Promise<AttachResult> {
  const { answerId, chatId } = ids;
  const { userId, sessionId } = c.get("principal");
  try {
    const room = c.env.CHAT_ROOM.getByName(chatId);
    const timeoutMs = wait ? outcomeMs(c.get("deps").config) : undefined;
    return await roomCall(
      () => room.attach({ userId, sessionId, answerId, wait, wire }),
      timeoutMs,
    );
  } catch (error) {
    throw new Problem("room_unavailable", { cause: error, members: problemMembersOf(ids) });
  }
}

/** On our own wire without ids, because there is no log to resume from. */
function* encode(turn: RebuiltTurn, wire: Wire | undefined): Generator<Uint8Array> {
  yield OPENING;
  if (!wire) {
    for (const event of eventsOf(turn)) yield encodeUnnumbered(event);
    return;
  }
  const encoder = createPageEncoder(withoutLog(wire));
  let id = 0;
  for (const event of eventsOf(turn))
    yield encoder.encodePage([{ id: ++id, event }])?.bytes ?? EMPTY;
}

const EMPTY = new Uint8Array();

type RebuiltTurn = TurnOutcome & { userMessage: Message };

/**
 * The outcome of a turn from its rows. Throws `not_found`, or `room_unavailable` where the answer is still
 * streaming in Postgres but not in its room, until the cron job ends it.
 */
async function rebuildTurn(db: Db, ownerId: string, ids: TurnIds): Promise<RebuiltTurn> {
  const rows = await read(
    db,
    sql<MessageRow & { chat_title: string }>`
      SELECT ${messageColumns}, chats.title AS chat_title
      FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
      WHERE m.chat_id = ${ids.chatId} AND chats.user_id = ${ownerId}
        AND m.id IN (${ids.userMessageId}, ${ids.answerId})`,
  );
  const [userMessage, answer] = [ids.userMessageId, ids.answerId].map((id) =>
    rows.find((row) => row.id === id),
  );
  if (!userMessage || !answer) throw new Problem("not_found");
  if (answer.status === "streaming") {
    throw new Problem("room_unavailable", { members: problemMembersOf(ids) });
  }
  return {
    userMessage: toMessageWithoutTitle(userMessage),
    answer: toMessageWithoutTitle(answer),
    chatName: answer.chat_title,
    problem: problemOf(answer),
  };
}

function toMessageWithoutTitle({
  chat_title: _title,
  ...row
}: MessageRow & { chat_title: string }): Message {
  return toMessage(row);
}

/**
 * What an answer ended with; undefined where it did not fail. Failed answers of an older version have no code: they
 * count as the most common failure.
 */
export function problemOf({
  status,
  metadata,
}: Pick<Message, "status" | "metadata">): ProblemCode | undefined {
  if (status === "interrupted") return "turn_interrupted";
  if (status !== "failed") return undefined;
  return isProblemCode(metadata.finish_reason) ? metadata.finish_reason : "ai_unavailable";
}

function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === "string" && Object.hasOwn(catalogue, value);
}

/** The events of an ended turn, in the order of the contract. */
function* eventsOf(turn: RebuiltTurn): Generator<TurnEvent> {
  const { userMessage, answer, problem } = turn;
  yield { type: "user_message", message: fitMessage(userMessage) };
  yield { type: "ai_message_start", message_id: answer.id };
  const { reasoning } = answer.metadata;
  if (typeof reasoning === "string") yield* toDeltas(reasoning, "reasoning_delta");
  if (answer.content !== "") yield* toDeltas(answer.content);
  yield* toCitationEvents(readCitations(answer.metadata));
  if (problem) yield { type: "error", error: catalogue[problem].detail, code: problem };
  // The content of an interrupted answer replaces what a client has streamed before.
  const message = answer.status === "interrupted" ? answer : fitMessage(answer);
  yield { type: "ai_message_complete", message };
  yield { type: "stream_complete" };
}
