/** What a room writes down of a turn, and what becomes of a turn that was lost in its middle. */
import { toIso } from "../../lib/clock.ts";
import { estimateTokens, type Model } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import type { Message } from "../messages/schemas.ts";
import type { TurnEvent } from "./events.ts";
import type { FinishedTurn, NewTurn } from "./persist.ts";
import { answered } from "./run.ts";

/** Before the end: what the end can be made of. After it: the end, until Postgres has it. */
export type TurnRecord = { running: RunningRecord } | { finished: FinishedTurn };

export type RunningRecord = {
  userId: string;
  chatId: string;
  answer: Message;
  model: Model;
  /** 0 as long as the provider has not been asked. */
  estimatedPromptTokens: number;
  /** Id of the usage row of the attempt that is under way. */
  usageId: string;
  /** ISO 8601. */
  startedAt: string;
};

export function writeRecord(record: TurnRecord): string {
  return JSON.stringify(record);
}

export function readRecord(text: string): TurnRecord {
  return JSON.parse(text);
}

/** The record of a turn that may or may not be committed. */
export function beginningRecord(turn: NewTurn, model: Model, usageId: string): RunningRecord {
  const { userId, chatId, answerId, question, at } = turn;
  const answer: Message = {
    id: answerId,
    chat_id: chatId,
    parent_id: question.id,
    type: "bot",
    content: "",
    status: "streaming",
    file_name: null,
    file_url: null,
    metadata: {},
    sibling_ids: [answerId],
    sibling_count: 1,
    created_at: at,
  };
  return { userId, chatId, answer, model, estimatedPromptTokens: 0, usageId, startedAt: at };
}

/** The end of a turn: as it was to be saved, or interrupted with the text so far. */
export function endOf(record: TurnRecord, content: string, now: number): FinishedTurn {
  return "finished" in record ? record.finished : toInterrupted(record.running, content, now);
}

function toInterrupted(running: RunningRecord, content: string, now: number): FinishedTurn {
  const { userId, chatId, answer, model, usageId: id } = running;
  const at = toIso(new Date(now));
  const usage = {
    promptTokens: running.estimatedPromptTokens,
    completionTokens: estimateTokens(content),
  };
  const given = {
    content,
    status: "interrupted" as const,
    finishReason: "turn_interrupted",
    usage,
    estimated: true,
  };
  const seconds = (now - Date.parse(running.startedAt)) / 1000;
  const message = answered(answer, given, model, seconds);
  const key = { id, userId, chatId, messageId: answer.id, kind: "answer" as const, attempt: 1 };
  return { userId, chatId, at, message, usage: [{ ...key, at, model, ...usage, estimated: true }] };
}

/**
 * Tells readers how a lost turn ends: as Postgres has it, where the room was lost after the end was
 * saved. Its message always carries its content: readers may be ahead of the log, and this replaces
 * what they have.
 */
export function tellEnd(message: Message, tell: (event: TurnEvent) => void): void {
  if (message.status === "interrupted") {
    const problem = new Problem("turn_interrupted");
    tell({ type: "error", error: problem.detail, code: problem.code });
  }
  tell({ type: "ai_message_complete", message });
  tell({ type: "stream_complete" });
}
