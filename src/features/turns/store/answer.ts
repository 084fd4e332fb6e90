/** The answer as it is stored: its text, how it ended, its metadata; and its reductions for a refused save. Pure. */
import type { TokenCount } from "../../../clients/model.ts";
import { TOKEN_PARTS } from "../../../lib/prices.ts";
import type { Model } from "../../../lib/models.ts";
import { catalogue, type ProblemCode } from "../../../lib/problem.ts";
import { toStorable } from "../../../lib/storable-text.ts";
import type { Verified } from "../../citations/verify.ts";
import type { Message } from "../../messages/schemas.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { toUsage } from "../../usage/schemas.ts";
import type { FinishedTurn, Timings } from "./turn.ts";

/** The model that failed first, and why; part of the answer's metadata. */
export type Failover = { from: string; code: ProblemCode };

/** What an answer's documents were searched for, besides the user's own words; part of its metadata. */
export type Queries = {
  /**
   * `rewritten`: by `texts` too. Otherwise by the user's own words alone: rewriting is switched off (`off`), was
   * not done in time (`late`), gave no usable queries (`failed`), or has no provider (`unavailable`).
   */
  status: "rewritten" | "off" | "late" | "failed" | "unavailable";
  /** The queries of the model, the best first; empty unless `rewritten`. */
  texts: string[];
};

/** How a generation ended, and what it cost. */
type Outcome = {
  finishReason: string | null;
  usage: TokenCount;
  /** True where the provider reported no count. */
  estimated: boolean;
  reasoning?: string;
  refusal?: true;
  quoted?: Verified;
  queries?: Queries;
};

type GeneratedBy = { model: Model; failover?: Failover };

/** When the turn ended, in milliseconds since 1970, and how many seconds it took. */
type Ended = { at: number; seconds: number; timings?: Timings | undefined };

/** The stored message of an answer. */
export function finishedAnswer(
  answer: Message,
  outcome: Outcome & Pick<Message, "content" | "status">,
  by: GeneratedBy,
  ended: Ended,
): Message {
  const { content, status } = outcome;
  const metadata = { ...answer.metadata, ...answerMetadata(outcome, by, ended) };
  return { ...answer, content, status, metadata };
}

/** The metadata of an answer that the server adds. */
export function answerMetadata(
  outcome: Outcome,
  { model, failover }: GeneratedBy,
  { at, seconds, timings }: Ended,
) {
  const { reasoning, refusal, queries } = outcome;
  return {
    model: model.name,
    usage: toUsage(model, outcome, new Date(at)),
    finish_reason: outcome.finishReason,
    processing_time: seconds,
    ...(timings && { timings }),
    ...(refusal && { refusal }),
    ...(reasoning !== undefined && { reasoning }),
    ...(failover && { failover }),
    ...(queries && { queries }),
    ...outcome.quoted,
  };
}

/** The code of an answer whose end Postgres refused, and of its error event. */
export const SAVE_REFUSED = "save_refused" satisfies ProblemCode;

/**
 * The ends to try, in this order, after Postgres refused a turn for what it holds: the failed answer with its
 * text, the server's own metadata and its cost; then its text alone.
 */
export function reductionsOf(turn: FinishedTurn): [FinishedTurn, FinishedTurn] {
  const usage = turn.usage.map(clampUsage);
  const { userId, chatId, at, message, timings } = turn;
  const key = { userId, chatId, at, ...(timings && { timings }) };
  const finish_reason = reasonOf(message);
  return [
    { ...key, usage, message: toFailed(message, reducedMetadata(turn, usage, finish_reason)) },
    { ...key, usage: [], message: toFailed(message, { finish_reason }) },
  ];
}

function toFailed(message: Message, metadata: Message["metadata"]): Message {
  return { ...message, content: toStorable(message.content), status: "failed", metadata };
}

/** An answer that had failed before keeps its code. */
function reasonOf({ status, metadata: { finish_reason } }: Message): ProblemCode {
  return status === "failed" && isProblemCode(finish_reason) ? finish_reason : SAVE_REFUSED;
}

function isProblemCode(value: unknown): value is ProblemCode {
  return typeof value === "string" && Object.hasOwn(catalogue, value);
}

function reducedMetadata(
  { message: { metadata }, timings }: FinishedTurn,
  usage: NewUsage[],
  finishReason: ProblemCode,
) {
  const answer = usage.findLast(({ kind }) => kind === "answer");
  if (!answer) return { finish_reason: finishReason };
  const seconds = Number(metadata.processing_time);
  const outcome = { usage: answer, finishReason, estimated: answer.estimated };
  const ended = {
    at: Date.parse(answer.at),
    seconds: Number.isFinite(seconds) ? seconds : 0,
    timings,
  };
  return answerMetadata(outcome, answer, ended);
}

/** The largest `integer` of Postgres, which also bounds the sum of both counts. */
const MOST_TOKENS = 2 ** 31 - 1;

/** The usage row with counts that Postgres can store: NaN becomes 0, and others are clamped. */
export function clampUsage(usage: NewUsage): NewUsage {
  const promptTokens = clamp(usage.promptTokens, MOST_TOKENS);
  const completionTokens = clamp(usage.completionTokens, MOST_TOKENS - promptTokens);
  const parts = TOKEN_PARTS.flatMap(({ name, of }) => {
    const count = usage[name];
    const most = of === "prompt" ? promptTokens : completionTokens;
    return count === undefined ? [] : [[name, clamp(count, most)]];
  });
  return { ...usage, promptTokens, completionTokens, ...Object.fromEntries(parts) };
}

function clamp(count: number, most: number): number {
  return Number.isNaN(count) ? 0 : Math.min(Math.max(Math.trunc(count), 0), most);
}
