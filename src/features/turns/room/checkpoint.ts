/** What a room writes down of a turn, and what becomes of a turn that was lost in its middle. */
import { toIso } from "../../../lib/clock.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { SHOWN_SIBLINGS } from "../../messages/queries.ts";
import type { Message } from "../../messages/schemas.ts";
import { usageOf } from "../generate/failover.ts";
import type { Attempt } from "../generate/turn-sink.ts";
import type { Received, TurnEvent } from "../wire/events.ts";
import type { FinishedTurn, NewTurn } from "../store/turn.ts";
import { finishedAnswer } from "../store/answer.ts";
import { SAVE_REFUSED } from "../store/reduce.ts";

/** Before the end: what the end can be made of. After it: the end, until Postgres has it. */
export type Checkpoint = { running: RunningCheckpoint } | { finished: FinishedTurn };

/** With the attempt that is under way. */
export type RunningCheckpoint = Attempt & {
  userId: string;
  chatId: string;
  answer: Message;
  /** True once readers may have been told of it. */
  hasBegun?: boolean;
  /** True where somebody stopped it before a provider was asked. */
  isStopped?: boolean;
  /** 0 as long as no provider has been asked. */
  estimatedPromptTokens: number;
  /** ISO 8601. */
  startedAt: string;
};

export function serializeCheckpoint(record: Checkpoint): string {
  return JSON.stringify(record);
}

export function parseCheckpoint(text: string): Checkpoint {
  return JSON.parse(text);
}

/** The record of a turn that may or may not be committed. */
export function pendingCheckpoint(turn: NewTurn, attempt: Attempt): RunningCheckpoint {
  const { userId, chatId, answerId, userMessage, at } = turn;
  const answer: Message = {
    id: answerId,
    chat_id: chatId,
    parent_id: userMessage.id,
    type: "bot",
    content: "",
    status: "streaming",
    file_name: null,
    file_url: null,
    metadata: {},
    ...siblingsOf(turn),
    created_at: at,
  };
  return { ...attempt, userId, chatId, answer, estimatedPromptTokens: 0, startedAt: at };
}

/** The record of a turn that its readers are about to be told of; without tokens, nobody is asked yet. */
export function begunCheckpoint(
  beginning: RunningCheckpoint,
  answer: Message,
  estimatedPromptTokens: number,
): RunningCheckpoint {
  return { ...beginning, answer, hasBegun: true, estimatedPromptTokens };
}

function siblingsOf(turn: NewTurn): Pick<Message, "sibling_ids" | "sibling_count"> {
  const { answerId } = turn;
  const before = turn.target === "regenerate" ? turn.answers : { ids: [], count: 0 };
  const oldest = before.ids.slice(0, SHOWN_SIBLINGS - 1);
  return { sibling_ids: [...oldest, answerId], sibling_count: before.count + 1 };
}

/** True where no reader was told of the turn, and no provider asked: it may not even have begun. */
export function isUnbegun(record: Checkpoint): boolean {
  if (!("running" in record)) return false;
  // Records of an older version say it by the tokens alone.
  return !record.running.hasBegun && record.running.estimatedPromptTokens === 0;
}

/** The end of a turn: as it was to be saved, or interrupted with the text so far, unless it was stopped. */
export function endOf(record: Checkpoint, received: Received, now: number): FinishedTurn {
  return "finished" in record ? record.finished : toInterrupted(record.running, received, now);
}

function toInterrupted(running: RunningCheckpoint, received: Received, now: number): FinishedTurn {
  const { content, reasoning } = received;
  const { userId, chatId, answer, estimatedPromptTokens: promptTokens } = running;
  const completionTokens = estimateTokens(reasoning) + estimateTokens(content);
  const usage = { promptTokens, completionTokens };
  const status = running.isStopped ? "stopped" : "interrupted";
  const finishReason = running.isStopped ? null : "turn_interrupted";
  const given = { content, finishReason, usage, estimated: true };
  const seconds = (now - Date.parse(running.startedAt)) / 1000;
  const message = finishedAnswer(answer, { ...given, status }, running, seconds);
  const rows = usageOf({ userId, chatId, answerId: answer.id }, running, given, now);
  // What was not asked for costs nothing, and has no row.
  const spent = promptTokens === 0 ? [] : rows;
  return { userId, chatId, at: toIso(new Date(now)), message, usage: spent };
}

/**
 * Tells readers how a lost turn ends: as Postgres has it, where the room was lost after the end was
 * saved; where Postgres cannot be asked, as far as the room knows, and that this is yet to be saved. Its
 * message always carries its content: readers may be ahead of the log, and this replaces what they have.
 */
export async function emitEnd(
  finished: FinishedTurn,
  save: (finished: FinishedTurn) => Promise<Message | "delayed">,
  emit: (event: TurnEvent) => void,
): Promise<void> {
  const saved = await save(finished);
  const message = saved === "delayed" ? finished.message : saved;
  const code = saved === "delayed" ? "save_delayed" : codeOf(message);
  if (code) emit({ type: "error", error: new Problem(code).detail, code });
  emit({ type: "ai_message_complete", message });
  emit({ type: "stream_complete" });
}

/** What an error event says of an answer that was lost; undefined where it had ended well. */
function codeOf({ status, metadata }: Message): ProblemCode | undefined {
  if (status === "interrupted") return "turn_interrupted";
  return metadata.finish_reason === SAVE_REFUSED ? SAVE_REFUSED : undefined;
}
