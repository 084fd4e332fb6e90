/** A turn that is over, made again from its rows: its log is gone. */
import { sql } from "drizzle-orm";
import { type Db, read } from "../../db/client.ts";
import { catalogue, Problem, type ProblemCode } from "../../lib/problem.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { type Message, toMessage } from "../messages/schemas.ts";
import { Citation } from "../citations/citation.ts";
import { fitMessage } from "../messages/fit-message.ts";
import { toCitationEvents, toDeltas, type TurnEvent } from "./wire/events.ts";
import type { TurnOutcome } from "./room/live-turn.ts";
import { membersOf } from "./turn-response.ts";
import type { TurnIds } from "./store/turn-key.ts";

export type RebuiltTurn = TurnOutcome & { userMessage: Message };

/**
 * The outcome of a turn as Postgres has it. Throws `not_found`, or `room_unavailable` where the answer
 * still counts as being written, but not by its room: somebody will end it.
 */
export async function getTurn(db: Db, ownerId: string, ids: TurnIds): Promise<RebuiltTurn> {
  const rows = await read(
    db,
    sql<MessageRow & { chat_title: string }>`
      SELECT ${messageColumns}, chats.title AS chat_title
      FROM messages AS m JOIN chats ON chats.id = m.chat_id ${joinSiblings}
      WHERE m.chat_id = ${ids.chatId} AND chats.user_id = ${ownerId}
        AND m.id IN (${ids.userMessageId}, ${ids.answerId})`,
  );
  const [question, answer] = [ids.userMessageId, ids.answerId].map((id) =>
    rows.find((row) => row.id === id),
  );
  if (!question || !answer) throw new Problem("not_found");
  if (answer.status === "streaming") {
    throw new Problem("room_unavailable", { members: membersOf(ids) });
  }
  return {
    userMessage: withoutTitle(question),
    answer: withoutTitle(answer),
    chatName: answer.chat_title,
    problem: problemOf(answer),
  };
}

function withoutTitle({
  chat_title: _title,
  ...row
}: MessageRow & { chat_title: string }): Message {
  return toMessage(row);
}

/** Answers that failed before its code was kept count as the most usual failure. */
function problemOf({ status, metadata }: MessageRow): ProblemCode | undefined {
  if (status === "interrupted") return "turn_interrupted";
  if (status !== "failed") return undefined;
  return isProblemCode(metadata.finish_reason) ? metadata.finish_reason : "ai_unavailable";
}

function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === "string" && Object.hasOwn(catalogue, value);
}

/** The events of a turn that is over, in the order of the contract. */
export function* replayEvents(turn: RebuiltTurn): Generator<TurnEvent> {
  const { userMessage, answer, problem } = turn;
  yield { type: "user_message", message: fitMessage(userMessage) };
  yield { type: "ai_message_start", message_id: answer.id };
  const { reasoning } = answer.metadata;
  if (typeof reasoning === "string") yield* toDeltas(reasoning, "reasoning_delta");
  if (answer.content !== "") yield* toDeltas(answer.content);
  yield* toCitationEvents(citationsOf(answer));
  if (problem) yield { type: "error", error: catalogue[problem].detail, code: problem };
  // The content of an interrupted answer is what counts, whatever its readers had before.
  const message = answer.status === "interrupted" ? answer : fitMessage(answer);
  yield { type: "ai_message_complete", message };
  yield { type: "stream_complete" };
}

function citationsOf({ metadata }: Message): Citation[] {
  const { data = [] } = Citation.array().safeParse(metadata.citations);
  return data;
}
