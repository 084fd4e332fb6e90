/** Asks the model about a part, and reads its answer as it comes. */
import type { ModelChunk, TokenCount } from "../../../clients/model.ts";
import type { Deps } from "../../../deps.ts";
import type { Model } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import type { Question } from "./prompt.ts";

/** What came of it. `failure` is set where the answer is not whole; `isFinal` where the next would not be. */
export type Answered = {
  text: string;
  usage: TokenCount | undefined;
  failure?: ProblemCode;
  isFinal?: boolean;
};

/**
 * The whole answer. A model may take long, as long as it goes on: there is a limit for the first token, for
 * each that follows, and for all of it, which would be the same the next time. Throws nothing but bugs.
 */
export async function askModel(
  { model: client, config }: Pick<Deps, "model" | "config">,
  model: Model,
  { messages, jsonSchema }: Question,
  onProgress: () => void,
): Promise<Answered> {
  const deadlines = new Deadlines(config.TURN_LIMITS);
  const answered: Answered = { text: "", usage: undefined };
  const take = (chunks: ModelChunk[]) => {
    deadlines.progressed();
    onProgress();
    for (const chunk of chunks) collect(answered, chunk);
  };
  const ask = { model, messages, maxOutputTokens: model.maxOutputTokens, jsonSchema };
  try {
    await client.stream(ask, deadlines.signal, take);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    answered.failure = error.code;
  } finally {
    deadlines.clear();
  }
  if (!deadlines.signal.aborted) return answered;
  return { ...answered, failure: "ai_timeout", isFinal: deadlines.isOver };
}

function collect(answered: Answered, chunk: ModelChunk): void {
  if (chunk.type === "text") answered.text += chunk.text;
  if (chunk.type === "usage") answered.usage = chunk.usage;
}

type Limits = Deps["config"]["TURN_LIMITS"];

class Deadlines {
  /** True once all of the answer has taken too long. */
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
