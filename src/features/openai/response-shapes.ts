/** The shapes of a response: what is stored, what a turn ended with, and what has only begun. Pure. */
import { readCitations } from "../citations/citation.ts";
import type { Message } from "../messages/schemas.ts";
import { problemOf, type replayOutcome } from "../turns/replay.ts";
import { secondsOf } from "../turns/wire/completions.ts";
import { readUsage } from "../turns/wire/openai-parts.ts";
import {
  endingOf,
  messageItem,
  textPart,
  toFileCitations,
  toResponseError,
  toResponseObject,
} from "../turns/wire/response-object.ts";
import type { ResponsesWire } from "../turns/wire/responses.ts";
import type { StoredResponse } from "./response-queries.ts";

/** The id of the answer that a response is. */
export function answerIdOf(responseId: string): string {
  return responseId.slice("resp_".length);
}

type Outcome = Awaited<ReturnType<typeof replayOutcome>>;

/** The response of a turn that has an answer. */
export function toAnswered({ userMessage, answer }: Outcome, wire: ResponsesWire) {
  const previousId = userMessage?.parent_id ?? null;
  return toResponse(answer, previousId, wire);
}

/** The response as it is stored, also while it is generated. */
export function toStored({ answer, previousId, isKept }: StoredResponse) {
  const { model } = answer.metadata;
  return toResponse(answer, previousId, {
    model: typeof model === "string" ? model : "unknown",
    background: false,
    store: isKept,
  });
}

/** The response of a turn that has just begun. */
export function toQueued(
  { chatId, answerId, now }: { chatId: string; answerId: string; now: number },
  { model, background, store }: ResponsesWire,
) {
  const turn = { answerId, previousId: null, chatId, createdAt: Math.floor(now / 1000) };
  return toResponseObject({ ...turn, model, background, store }, { status: "queued" });
}

function toResponse(
  answer: Message,
  previousId: string | null,
  { model, background, store }: Pick<ResponsesWire, "model" | "background" | "store">,
) {
  const { id: answerId, chat_id: chatId, created_at: createdAt } = answer;
  const turn = { answerId, previousId, chatId, createdAt: secondsOf(createdAt) };
  return toResponseObject({ ...turn, model, background, store }, stateOf(answer));
}

function stateOf(answer: Message) {
  const { id, status, content, metadata } = answer;
  if (status === "streaming") return { status: "in_progress" as const };
  const problem = problemOf(answer);
  if (problem) return { status: "failed" as const, error: toResponseError(problem) };
  const citations = readCitations(metadata);
  const part = textPart(content, toFileCitations(content, citations));
  const ending = endingOf(status, metadata);
  const item = messageItem(id, ending.status === "completed" ? "completed" : "incomplete", [part]);
  return { ...ending, output: [item], usage: readUsage(metadata), citations };
}
