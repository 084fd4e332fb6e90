/** The attempts at an answer: a model and, where it fails before its first token, its fallback once. */
import type { PromptMessage } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { fallbackOf, type Model } from "../../../lib/models.ts";
import type { Problem, ProblemCode } from "../../../lib/problem.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { type EmitDelta, streamAnswer } from "./provider-stream.ts";
import type { Answer } from "./draft.ts";
import { type Prompt, withHalfTheHistory } from "./prompt.ts";
import type { TurnTimer } from "./timings.ts";
import type { Attempt, TurnSink } from "./turn-sink.ts";

/** The answer, and its last attempt; `isUncalled` where its provider was not called. */
export type AttemptedAnswer = Answer & { attempt: Attempt; isUncalled?: boolean };

type FailoverInput = {
  userId: string;
  chatId: string;
  answerId: string;
  prompt: Prompt;
  first: Attempt;
  /** Milliseconds since the epoch. */
  endsAt: number;
  /** Aborted when the turn is stopped. */
  stop: AbortSignal;
  timer: TurnTimer;
};

type FailoverDeps = Pick<Deps, "model" | "config" | "clock" | "newId"> & {
  sink: Pick<TurnSink, "checkpoint">;
};

/** Problems that another provider may not have. */
const REPLACEABLE: ReadonlySet<ProblemCode> = new Set([
  "ai_unavailable",
  "ai_overloaded",
  "ai_circuit_open",
  "ai_timeout",
  "ai_unauthorized",
  "ai_quota",
  "ai_model_not_found",
]);

/** Calls the first model, then its fallback where that may help. Never rejects: a failure is part of the answer. */
export async function streamWithFailover(
  input: FailoverInput,
  deps: FailoverDeps,
  emit: EmitDelta,
): Promise<AttemptedAnswer> {
  const call = (model: Model) => callWithinContext(input, { ...deps, emit }, model);
  const answer = await call(input.first.model);
  const second = nextAttempt(input, deps, answer);
  if (!second) return { ...answer, attempt: input.first, isUncalled: isUncalled(answer) };
  deps.sink.checkpoint(second);
  const replaced = await call(second.model);
  return { ...replaced, attempt: second, isUncalled: isUncalled(replaced) };
}

/** A provider whose circuit is open is not called. */
function isUncalled({ problem }: Answer): boolean {
  return problem?.code === "ai_circuit_open";
}

/**
 * Calls the model, and once more with half of the history where the provider counts more tokens than the model
 * takes. The refused call costs nothing.
 */
async function callWithinContext(
  input: FailoverInput,
  deps: CallDeps,
  model: Model,
): Promise<Answer> {
  const answer = await callOnce(input, deps, model);
  const isTooLong = answer.problem?.code === "ai_context_exceeded" && answer.content === "";
  const prompt = isTooLong ? withHalfTheHistory(input.prompt) : undefined;
  if (!prompt || input.stop.aborted || deps.clock() >= input.endsAt) return answer;
  deps.sink.checkpoint({ estimatedPromptTokens: prompt.estimatedTokens });
  return callOnce({ ...input, prompt }, deps, model);
}

type CallDeps = FailoverDeps & { emit: EmitDelta };

function callOnce(
  { prompt, endsAt, stop, timer }: FailoverInput,
  { model: client, config, clock, emit }: CallDeps,
  model: Model,
): Promise<Answer> {
  const messages: PromptMessage[] = prompt.messages;
  return streamAnswer(
    {
      call: { model, messages, maxOutputTokens: model.maxOutputTokens },
      estimatedPromptTokens: prompt.estimatedTokens,
      keepsReasoning: config.KEEP_REASONING,
      stop,
    },
    {
      model: client,
      limits: { ...config.TURN_LIMITS, total_ms: endsAt - clock() },
      clock,
      emit,
      timer,
    },
  );
}

/** The attempt with the fallback; undefined where the first answer stays. */
function nextAttempt(
  input: FailoverInput,
  { model: client, config, clock, newId }: FailoverDeps,
  answer: Answer,
): Attempt | undefined {
  const { first, endsAt, stop } = input;
  const fallback = fallbackOf(first.model, config.MODELS);
  if (!fallback || !client.canAsk(fallback)) return undefined;
  if (!answer.problem || !canBeReplaced(answer, answer.problem)) return undefined;
  if (stop.aborted || clock() >= endsAt) return undefined;
  return {
    model: fallback,
    usageId: newId(),
    spent: isUncalled(answer) ? [] : usageOf(input, first, answer, clock()),
    failover: { from: first.model.name, code: answer.problem.code },
  };
}

/** An answer cannot be replaced once a subscriber may have its first token. */
function canBeReplaced({ content }: Answer, { code }: Problem): boolean {
  return content === "" && REPLACEABLE.has(code);
}

/** The usage rows of an answer's attempts up to this one. */
export function usageOf(
  { userId, chatId, answerId }: Pick<FailoverInput, "userId" | "chatId" | "answerId">,
  { model, usageId: id, spent = [] }: Attempt,
  { usage, estimated }: Pick<Answer, "usage" | "estimated">,
  now: number,
): NewUsage[] {
  const key = { id, userId, chatId, messageId: answerId, kind: "answer" as const };
  const attempt = spent.length + 1;
  return [...spent, { ...key, attempt, model, at: toIso(new Date(now)), ...usage, estimated }];
}
