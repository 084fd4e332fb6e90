/** One answer of a provider: its text as it comes, and how it ended. Knows no HTTP and no room. */
import type { ModelRequest, ModelChunk, ModelClient } from "../../../clients/model.ts";
import type { TurnLimits } from "../../../env.ts";
import type { Clock } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import type { DeltaType } from "../wire/events.ts";
import { startDeadlines } from "./deadlines.ts";
import { type Answer, type AnswerRequest, Draft } from "./draft.ts";

/** Passes on a piece of the answer's text, or of the reasoning before it. */
export type EmitDelta = (type: DeltaType, text: string) => void;

type AnswerDeps = {
  model: ModelClient;
  limits: TurnLimits;
  clock: Clock;
  emit: EmitDelta;
};

/** Emits the text piece by piece. Never throws: a failure is part of the answer. */
export async function streamAnswer(
  request: AnswerRequest & { ask: ModelRequest; stop: AbortSignal },
  { model, limits, clock, emit }: AnswerDeps,
): Promise<Answer> {
  const [expired, full] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([request.stop, expired.signal, full.signal]);
  const deadlines = startDeadlines(limits, clock, () => expired.abort());
  const draft = new Draft();
  const take = (chunks: ModelChunk[]) => {
    const { reasoning, text } = draft.add(chunks);
    if (!draft.hasBegun && chunks.some(isAlive)) deadlines.waited();
    if (draft.hasBegun && chunks.some(isProgress)) deadlines.progressed();
    if (reasoning !== "") emit("reasoning_delta", reasoning);
    if (text !== "") emit("content_delta", text);
    if (draft.isFull) full.abort();
  };
  try {
    await model.stream(request.ask, signal, take);
  } catch (error) {
    draft.fail(error instanceof Problem ? error : new Problem("ai_unavailable", { cause: error }));
  } finally {
    deadlines.clear();
  }
  if (expired.signal.aborted) draft.fail(new Problem("ai_timeout"));
  return draft.toAnswer(request, request.stop.aborted);
}

/** Before the first token a comment says that the provider is at work; after it, only the answer does. */
function isAlive({ type }: ModelChunk): boolean {
  return type !== "begin";
}

function isProgress({ type }: ModelChunk): boolean {
  return type !== "begin" && type !== "keep_alive";
}
