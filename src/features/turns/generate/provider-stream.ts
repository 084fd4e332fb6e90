/** One model call: its text as it comes, and how it ended. Knows no HTTP and no room. */
import type { ModelRequest, ModelChunk, ModelClient } from "../../../clients/model.ts";
import type { TurnLimits } from "../../../env.ts";
import type { Clock } from "../../../lib/clock.ts";
import { Problem } from "../../../lib/problem.ts";
import type { DeltaType } from "../wire/events.ts";
import { type Answer, type AnswerRequest, Draft } from "./draft.ts";
import type { TurnTimer } from "./timings.ts";

/** Emits a piece of the answer's text, or of the reasoning before it. */
export type EmitDelta = (type: DeltaType, text: string) => void;

type AnswerDeps = {
  model: ModelClient;
  limits: TurnLimits;
  clock: Clock;
  emit: EmitDelta;
  timer: TurnTimer;
};

/** Calls the model and emits its text piece by piece. Never rejects: a failure is part of the answer. */
export async function streamAnswer(
  request: AnswerRequest & { call: ModelRequest; stop: AbortSignal },
  { model, limits, clock, emit, timer }: AnswerDeps,
): Promise<Answer> {
  const [expired, full] = [new AbortController(), new AbortController()];
  const signal = AbortSignal.any([request.stop, expired.signal, full.signal]);
  const deadlines = startDeadlines(limits, clock, (reason) => expired.abort(reason));
  const draft = new Draft();
  const onChunks = (chunks: ModelChunk[]) => {
    const { reasoning, text } = draft.add(chunks);
    if (!draft.hasBegun && chunks.some(isAlive)) deadlines.onKeepAlive();
    if (draft.hasBegun && chunks.some(isProgress)) deadlines.onProgress();
    if (draft.hasBegun) timer.onResponse();
    if (reasoning !== "") emit("reasoning_delta", reasoning);
    if (text !== "") emit("content_delta", text);
    if (draft.hasBegun) timer.onFirstEvent();
    if (draft.isFull) full.abort();
  };
  timer.onCall();
  try {
    await model.stream(request.call, signal, onChunks);
  } catch (error) {
    draft.fail(error instanceof Problem ? error : new Problem("ai_unavailable", { cause: error }));
  } finally {
    deadlines.clear();
    timer.onResponse();
  }
  if (expired.signal.aborted) draft.fail(new Problem("ai_timeout"));
  return draft.toAnswer(request, request.stop.aborted);
}

/** Before the first token, a comment shows that the provider is at work; after it, only content does. */
function isAlive({ type }: ModelChunk): boolean {
  return type !== "begin";
}

function isProgress({ type }: ModelChunk): boolean {
  return type !== "begin" && type !== "keep_alive";
}

type Deadlines = {
  /** The provider is at work before its first token: restarts the timeout of that. */
  onKeepAlive(): void;
  /** A token has come: restarts the timeout of the next. */
  onProgress(): void;
  clear(): void;
};

/**
 * Calls `expire` once, when a timeout runs out, with a `TimeoutError` where the provider kept it waiting. One timer
 * checks the last progress, instead of one per token.
 */
function startDeadlines(
  limits: TurnLimits,
  clock: Clock,
  expire: (reason?: DOMException) => void,
): Deadlines {
  const endsAt = clock() + limits.total_ms;
  let dueAt = clock() + limits.first_token_ms;
  let timer = setTimeout(check, untilDue());

  function untilDue(): number {
    return Math.max(Math.min(dueAt, endsAt) - clock(), 0);
  }

  function check(): void {
    if (clock() >= dueAt) expire(new DOMException("no progress", "TimeoutError"));
    else if (untilDue() === 0) expire();
    else timer = setTimeout(check, untilDue());
  }

  function restart(timeoutMs: number): void {
    const before = dueAt;
    dueAt = clock() + timeoutMs;
    if (dueAt >= before) return;
    // The first token replaces its own timeout by a shorter one: the timer would fire too late.
    clearTimeout(timer);
    timer = setTimeout(check, untilDue());
  }

  return {
    onKeepAlive: () => restart(limits.first_token_ms),
    onProgress: () => restart(limits.progress_ms),
    clear: () => clearTimeout(timer),
  };
}
