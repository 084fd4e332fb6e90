/** The checkpoint of a turn, and how a turn ends that a crash interrupted. */
import { toIso } from "../../../lib/clock.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { SHOWN_SIBLINGS } from "../../messages/queries.ts";
import { completeMessage, type Message } from "../../messages/schemas.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { usageOf } from "../generate/failover.ts";
import type { Attempt } from "../generate/turn-sink.ts";
import { finishedAnswer, SAVE_REFUSED } from "../store/answer.ts";
import type { FinishedTurn, NewTurn } from "../store/turn.ts";
import type { Received, TurnEvent } from "../wire/events.ts";

/** While the turn runs: what its end can be made from. After that: the end, until Postgres has it. */
type Checkpoint = { running: RunningCheckpoint } | { finished: FinishedTurn };

/** With the current attempt. */
export type RunningCheckpoint = Attempt & {
  userId: string;
  chatId: string;
  answer: Message;
  /** True once subscribers may have events of the turn. */
  hasBegun?: boolean;
  /** True where the turn was stopped before a provider was called. */
  isStopped?: boolean;
  /** 0 until a provider is called for the answer. */
  estimatedPromptTokens: number;
  /** The usage rows of the calls that the prompt was prepared by. */
  preparation?: NewUsage[];
  /** ISO 8601. */
  startedAt: string;
};

export function serializeCheckpoint(checkpoint: Checkpoint): string {
  return JSON.stringify(checkpoint);
}

export function parseCheckpoint(text: string): Checkpoint {
  const checkpoint: Checkpoint = JSON.parse(text);
  if ("finished" in checkpoint) {
    const { finished } = checkpoint;
    return { finished: { ...finished, message: completeMessage(finished.message) } };
  }
  const { running } = checkpoint;
  return { running: { ...running, answer: completeMessage(running.answer) } };
}

/** The checkpoint of a turn before its commit in Postgres. */
export function pendingCheckpoint(turn: NewTurn, attempt: Attempt): RunningCheckpoint {
  const { userId, chatId, answerId, userMessage, at } = turn;
  const answer: Message = {
    id: answerId,
    chat_id: chatId,
    parent_id: userMessage.id,
    type: "bot",
    role: "assistant",
    content: "",
    status: "streaming",
    file_name: null,
    file_url: null,
    files: [],
    metadata: {},
    ...siblingsOf(turn),
    created_at: at,
  };
  return { ...attempt, userId, chatId, answer, estimatedPromptTokens: 0, startedAt: at };
}

/** The checkpoint of a committed turn; 0 tokens where no provider is called yet. */
export function begunCheckpoint(
  pending: RunningCheckpoint,
  answer: Message,
  estimatedPromptTokens: number,
): RunningCheckpoint {
  return { ...pending, answer, hasBegun: true, estimatedPromptTokens };
}

function siblingsOf(turn: NewTurn): Pick<Message, "sibling_ids" | "sibling_count"> {
  const { answerId } = turn;
  const existing = turn.target === "regenerate" ? turn.answers : { ids: [], count: 0 };
  const oldest = existing.ids.slice(0, SHOWN_SIBLINGS - 1);
  return { sibling_ids: [...oldest, answerId], sibling_count: existing.count + 1 };
}

/** True where no event of the turn was emitted and no provider called: it may not even be committed. */
export function isPending(checkpoint: Checkpoint): boolean {
  if (!("running" in checkpoint)) return false;
  // Checkpoints of an older version have no `hasBegun`, but count tokens once they have begun.
  return !checkpoint.running.hasBegun && checkpoint.running.estimatedPromptTokens === 0;
}

/** The end of a turn from its checkpoint: as it was to be saved, else interrupted or stopped with the text so far. */
export function endOf(checkpoint: Checkpoint, received: Received, now: number): FinishedTurn {
  if ("finished" in checkpoint) return checkpoint.finished;
  return toInterrupted(checkpoint.running, received, now);
}

function toInterrupted(running: RunningCheckpoint, received: Received, now: number): FinishedTurn {
  const { content, reasoning } = received;
  const { userId, chatId, answer, estimatedPromptTokens: promptTokens } = running;
  const completionTokens = estimateTokens(reasoning) + estimateTokens(content);
  const status = running.isStopped ? "stopped" : "interrupted";
  const finishReason = running.isStopped ? null : "turn_interrupted";
  const counted = { usage: { promptTokens, completionTokens }, estimated: true };
  const outcome = { content, finishReason, ...counted };
  const seconds = (now - Date.parse(running.startedAt)) / 1000;
  const message = finishedAnswer(answer, { ...outcome, status }, running, { at: now, seconds });
  const rows = usageOf({ userId, chatId, answerId: answer.id }, running, outcome, now);
  // A provider that was not called costs nothing, and has no row.
  const spent = promptTokens === 0 ? (running.spent ?? []) : rows;
  const usage = [...(running.preparation ?? []), ...spent];
  return { userId, chatId, at: toIso(new Date(now)), message, usage };
}

/**
 * Saves the end of an interrupted turn and emits its last events: the answer as `save` resolves to it, or
 * as this room knows it, with the error `save_delayed`. The message always carries its content, because
 * subscribers may have more text than the log.
 */
export async function emitEnd(
  finished: FinishedTurn,
  save: (finished: FinishedTurn) => Promise<Message | "delayed">,
  emit: (event: TurnEvent) => void,
): Promise<void> {
  const saved = await save(finished);
  const message = saved === "delayed" ? finished.message : saved;
  const code = saved === "delayed" ? "save_delayed" : errorCodeOf(message);
  if (code) emit({ type: "error", error: new Problem(code).detail, code });
  emit({ type: "ai_message_complete", message });
  emit({ type: "stream_complete" });
}

/** The code of the error event; undefined where the answer had ended before the crash. */
function errorCodeOf({ status, metadata }: Message): ProblemCode | undefined {
  if (status === "interrupted") return "turn_interrupted";
  return metadata.finish_reason === SAVE_REFUSED ? SAVE_REFUSED : undefined;
}
