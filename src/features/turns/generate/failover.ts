/** The attempts at one answer: a model and, where it fails before its first token, its fallback once. */
import type { PromptMessage } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import { toIso } from "../../../lib/clock.ts";
import { fallbackOf, type Model } from "../../../lib/models.ts";
import type { Problem, ProblemCode } from "../../../lib/problem.ts";
import type { NewUsage } from "../../usage/queries.ts";
import { type EmitDelta, streamAnswer } from "./provider-stream.ts";
import type { Answer } from "./draft.ts";
import { type Prompt, withHalfTheHistory } from "./prompt.ts";
import type { Attempt, TurnSink } from "./turn-sink.ts";

/** The answer, and the attempt that it came of; `isUnasked` where no provider was asked for it. */
export type AttemptedAnswer = Answer & { attempt: Attempt; isUnasked?: boolean };

export type FailoverInput = {
  userId: string;
  chatId: string;
  answerId: string;
  prompt: Prompt;
  first: Attempt;
  /** Milliseconds since the epoch: no turn may take longer. */
  endsAt: number;
  /** Aborted when somebody stops the turn. */
  stop: AbortSignal;
};

export type FailoverDeps = Pick<Deps, "model" | "config" | "clock" | "newId"> & {
  sink: Pick<TurnSink, "checkpoint">;
};

/** What another provider may do better. */
const REPLACEABLE: ReadonlySet<ProblemCode> = new Set([
  "ai_unavailable",
  "ai_overloaded",
  "ai_timeout",
  "ai_unauthorized",
  "ai_quota",
  "ai_model_not_found",
]);

/** Emits the text piece by piece. Never throws: a failure is part of the answer. */
export async function streamWithFailover(
  input: FailoverInput,
  deps: FailoverDeps,
  emit: EmitDelta,
): Promise<AttemptedAnswer> {
  const askModel = (model: Model) => askWithinContext(input, { ...deps, emit }, model);
  const answer = await askModel(input.first.model);
  const second = nextAttempt(input, deps, answer);
  if (!second) return { ...answer, attempt: input.first };
  deps.sink.checkpoint(second);
  return { ...(await askModel(second.model)), attempt: second };
}

/**
 * Asks, and once more with half of the history where the provider counts more tokens than it takes: it
 * refused the first, which cost nothing.
 */
async function askWithinContext(
  input: FailoverInput,
  deps: AskDeps,
  model: Model,
): Promise<Answer> {
  const answer = await ask(input, deps, model);
  const isTooLong = answer.problem?.code === "ai_context_exceeded" && answer.content === "";
  const prompt = isTooLong ? withHalfTheHistory(input.prompt) : undefined;
  if (!prompt || input.stop.aborted || deps.clock() >= input.endsAt) return answer;
  deps.sink.checkpoint({ estimatedPromptTokens: prompt.estimatedTokens });
  return ask({ ...input, prompt }, deps, model);
}

type AskDeps = FailoverDeps & { emit: EmitDelta };

function ask(
  { prompt, endsAt, stop }: FailoverInput,
  { model: client, config, clock, emit }: AskDeps,
  model: Model,
): Promise<Answer> {
  const messages: PromptMessage[] = prompt.messages;
  return streamAnswer(
    {
      ask: { model, messages, maxOutputTokens: model.maxOutputTokens },
      estimatedPromptTokens: prompt.estimatedTokens,
      keepsReasoning: config.KEEP_REASONING,
      stop,
    },
    { model: client, limits: { ...config.TURN_LIMITS, total_ms: endsAt - clock() }, clock, emit },
  );
}

/** The attempt in place of one that failed; undefined where the answer, such as it is, stands. */
function nextAttempt(
  input: FailoverInput,
  { model: client, config, clock, newId }: FailoverDeps,
  answer: Answer,
): Attempt | undefined {
  const { first, endsAt, stop } = input;
  const fallback = fallbackOf(first.model, config.MODELS.chat);
  if (!fallback || !client.canAsk(fallback)) return undefined;
  if (!answer.problem || !canBeReplaced(answer, answer.problem)) return undefined;
  if (stop.aborted || clock() >= endsAt) return undefined;
  return {
    model: fallback,
    usageId: newId(),
    spent: usageOf(input, first, answer, clock()),
    failover: { from: first.model.name, code: answer.problem.code },
  };
}

/** Once a reader may have its first word, an answer cannot be begun again. */
function canBeReplaced({ content }: Answer, { code }: Problem): boolean {
  return content === "" && REPLACEABLE.has(code);
}

/** The rows of what an answer cost up to an attempt, that one included. */
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
