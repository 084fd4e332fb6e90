/** Streams the model's answer about a part. */
import type { ModelChunk, TokenCount } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import type { AnalysisPrompt } from "./prompt.ts";

/** The model's answer. `failure` is set when it is incomplete, `isFinal` when a retry would fail too. */
type ModelAnswer = {
  text: string;
  usage: TokenCount | undefined;
  failure?: ProblemCode;
  isFinal?: boolean;
};

/**
 * The whole answer. Timeouts apply to the first token, to each further one, and in total; exceeding the
 * total is final. Every provider failure is returned, none is thrown.
 */
export async function streamAnalysisAnswer(
  { model: client, config }: Pick<Deps, "model" | "config">,
  model: Model,
  { messages, jsonSchema }: AnalysisPrompt,
  onProgress: () => void,
): Promise<ModelAnswer> {
  const deadlines = new Deadlines(config.TURN_LIMITS);
  const answered: ModelAnswer = { text: "", usage: undefined };
  const take = (chunks: ModelChunk[]) => {
    deadlines.progressed();
    onProgress();
    for (const chunk of chunks) collect(answered, chunk);
  };
  const request = { model, messages, maxOutputTokens: model.maxOutputTokens, jsonSchema };
  try {
    await client.stream(request, deadlines.signal, take);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    answered.failure = error.code;
  } finally {
    deadlines.clear();
  }
  if (!deadlines.signal.aborted) return answered;
  return { ...answered, failure: "ai_timeout", isFinal: deadlines.isOver };
}

function collect(answered: ModelAnswer, chunk: ModelChunk): void {
  if (chunk.type === "text") answered.text += chunk.text;
  if (chunk.type === "usage") answered.usage = chunk.usage;
}

type Limits = Deps["config"]["TURN_LIMITS"];

class Deadlines {
  /** True once the total timeout has passed. */
  isOver = false;
  readonly #controller = new AbortController();
  readonly #progressMs: number;
  readonly #total: ReturnType<typeof setTimeout>;
  #next: ReturnType<typeof setTimeout>;

  constructor({ first_token_ms: firstMs, progress_ms: progressMs, total_ms: totalMs }: Limits) {
    this.#progressMs = progressMs;
    this.#next = setTimeout(() => this.#controller.abort(), firstMs);
    this.#total = setTimeout(() => {
      this.isOver = true;
      this.#controller.abort();
    }, totalMs);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  progressed(): void {
    clearTimeout(this.#next);
    this.#next = setTimeout(() => this.#controller.abort(), this.#progressMs);
  }

  clear(): void {
    clearTimeout(this.#next);
    clearTimeout(this.#total);
  }
}
