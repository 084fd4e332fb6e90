/** What is saved of a turn in place of an end that Postgres refuses for what it holds. Pure. */
import { catalogue, type ProblemCode } from "../../../lib/problem.ts";
import { toStorable } from "../../../lib/text.ts";
import type { Message } from "../../messages/schemas.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { answerMetadata } from "./answer.ts";
import type { FinishedTurn } from "./turn.ts";

/** The code of an answer whose end was refused, and of the event that says so. */
export const SAVE_REFUSED = "save_refused" satisfies ProblemCode;

/**
 * The ends to be tried in turn: the answer as failed, with its text, what the server itself knows of it and
 * what it cost; then its text alone. What is left out was refused, or may be what was.
 */
export function reductionsOf(turn: FinishedTurn): [FinishedTurn, FinishedTurn] {
  const usage = turn.usage.map(clampUsage);
  const { userId, chatId, at, message } = turn;
  const of = { userId, chatId, at };
  const finish_reason = reasonOf(message);
  return [
    { ...of, usage, message: toFailed(message, reducedMetadata(message, usage, finish_reason)) },
    { ...of, usage: [], message: toFailed(message, { finish_reason }) },
  ];
}

function toFailed(message: Message, metadata: Message["metadata"]): Message {
  return { ...message, content: toStorable(message.content), status: "failed", metadata };
}

/** One that had failed before says why it did. */
function reasonOf({ status, metadata: { finish_reason } }: Message): ProblemCode {
  return status === "failed" && isProblemCode(finish_reason) ? finish_reason : SAVE_REFUSED;
}

function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === "string" && Object.hasOwn(catalogue, value);
}

function reducedMetadata({ metadata }: Message, usage: NewUsage[], finishReason: ProblemCode) {
  const answer = usage.findLast(({ kind }) => kind === "answer");
  if (!answer) return { finish_reason: finishReason };
  const seconds = Number(metadata.processing_time);
  const given = { usage: answer, finishReason, estimated: answer.estimated };
  return answerMetadata(given, answer, Number.isFinite(seconds) ? seconds : 0);
}

/** The largest `integer` of Postgres, which the sum of both counts has to be too. */
const MOST_TOKENS = 2 ** 31 - 1;

/** A row of usage that can be stored: counts that are none become 0, and larger ones the largest. */
export function clampUsage(usage: NewUsage): NewUsage {
  const promptTokens = clamp(usage.promptTokens, MOST_TOKENS);
  const completionTokens = clamp(usage.completionTokens, MOST_TOKENS - promptTokens);
  const { cachedTokens, reasoningTokens, ...rest } = usage;
  return {
    ...rest,
    promptTokens,
    completionTokens,
    ...(cachedTokens !== undefined && { cachedTokens: clamp(cachedTokens, promptTokens) }),
    ...(reasoningTokens !== undefined && {
      reasoningTokens: clamp(reasoningTokens, completionTokens),
    }),
  };
}

function clamp(count: number, most: number): number {
  return Number.isNaN(count) ? 0 : Math.min(Math.max(Math.trunc(count), 0), most);
}
