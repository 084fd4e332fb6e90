/** One answer of a provider: its text as it comes, and how it ended. Knows no HTTP and no room. */
import type { Ask, ModelChunk, ModelClient, TokenCount } from "../../../clients/model.ts";
import type { TurnLimits } from "../../../env.ts";
import type { Clock } from "../../../lib/clock.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem } from "../../../lib/problem.ts";
import { startDeadlines } from "./deadlines.ts";
import { TextCleaner } from "./text-cleaner.ts";

export type Answer = {
  content: string;
  status: "complete" | "stopped" | "failed";
  /** Why it ended: in the provider's words, or the code of the problem. */
  finishReason: string | null;
  usage: TokenCount;
  /** True where the provider gave no count. */
  estimated: boolean;
  problem?: Problem;
};

export type AnswerRequest = {
  ask: Ask;
  /** Stands in for the provider's count of the prompt where there is none. */
  estimatedPromptTokens: number;
  /** Aborted when somebody stops the turn. */
  stop: AbortSignal;
};

type AnswerDeps = {
  model: ModelClient;
  limits: TurnLimits;
  clock: Clock;
  tell: (text: string) => void;
};

/** Tells the text piece by piece. Never throws: a failure is part of the answer. */
export async function streamAnswer(
  request: AnswerRequest,
  { model, limits, clock, tell }: AnswerDeps,
): Promise<Answer> {
  const expired = new AbortController();
  const signal = AbortSignal.any([request.stop, expired.signal]);
  const deadlines = startDeadlines(limits, clock, () => expired.abort());
  const draft = new Draft();
  const take = (chunks: ModelChunk[]) => {
    deadlines.progressed();
    const text = draft.add(chunks);
    if (text !== "") tell(text);
  };
  try {
    await model.stream(request.ask, signal, take);
  } catch (error) {
    draft.problem =
      error instanceof Problem ? error : new Problem("ai_unavailable", { cause: error });
  } finally {
    deadlines.clear();
  }
  if (expired.signal.aborted) draft.problem = new Problem("ai_timeout");
  return draft.toAnswer(request);
}

/** What has come of an answer so far. */
class Draft {
  problem: Problem | undefined;
  #content = "";
  #finishReason: string | null = null;
  #usage: TokenCount | undefined;
  readonly #cleaner = new TextCleaner();

  /** Takes note of the chunks, and returns the text that they add. */
  add(chunks: ModelChunk[]): string {
    let added = "";
    for (const chunk of chunks) {
      if (chunk.type === "text") added += chunk.text;
      if (chunk.type === "finish") this.#finishReason = chunk.reason;
      if (chunk.type === "usage") this.#usage = chunk.usage;
    }
    const text = this.#cleaner.push(added);
    this.#content += text;
    return text;
  }

  toAnswer(request: AnswerRequest): Answer {
    const stopped = request.stop.aborted;
    const problem = stopped ? undefined : this.problem;
    return {
      content: this.#content,
      status: stopped ? "stopped" : problem ? "failed" : "complete",
      finishReason: problem?.code ?? this.#finishReason,
      usage: this.#usage ?? this.#estimate(request),
      estimated: this.#usage === undefined,
      ...(problem && { problem }),
    };
  }

  /** A provider that failed before its first word is taken to have charged nothing. */
  #estimate({ estimatedPromptTokens }: AnswerRequest): TokenCount {
    if (this.problem && this.#content === "") return { promptTokens: 0, completionTokens: 0 };
    const completionTokens = estimateTokens(this.#content);
    return { promptTokens: estimatedPromptTokens, completionTokens };
  }
}
