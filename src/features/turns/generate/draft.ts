/** What has come of an answer so far, and what it comes to. Pure. */
import type { ModelChunk, TokenCount } from "../../../clients/model.ts";
import { finishKind } from "../../../clients/model/finish.ts";
import { mergeCounts } from "../../../clients/model/usage.ts";
import { utf8Prefix } from "../../../lib/bytes.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";
import { CappedText } from "./capped-text.ts";

export type Answer = {
  content: string;
  status: "complete" | "stopped" | "failed";
  /** Why it ended: in the provider's words, or the code of the problem. */
  finishReason: string | null;
  usage: TokenCount;
  /** True where the provider gave no count, or not of all that came. */
  estimated: boolean;
  /** The beginning of what the model thought before it answered, where that is kept. */
  reasoning?: string;
  /** True where the model refused to answer, and the content says so. */
  refusal?: true;
  problem?: Problem;
};

export type AnswerRequest = {
  /** Stands in for the provider's count of the prompt where there is none. */
  estimatedPromptTokens: number;
  /** Whether the reasoning is to be kept with the answer. */
  keepsReasoning: boolean;
};

/** Of one answer, in UTF-8, and of the reasoning before it: more than any model writes at once. */
const LARGEST_TEXT_BYTES = 1024 * 1024;
/** Of the reasoning that is kept with an answer. */
const LARGEST_REASONING_BYTES = 64 * 1024;

const EMPTY: Record<ReturnType<typeof finishKind>, ProblemCode> = {
  whole: "ai_empty",
  length: "ai_length",
  filtered: "ai_filtered",
  failed: "ai_unavailable",
};

export class Draft {
  readonly #content = new CappedText(LARGEST_TEXT_BYTES);
  readonly #reasoning = new CappedText(LARGEST_TEXT_BYTES);
  #problem: Problem | undefined;
  #finishReason: string | null = null;
  #usage: TokenCount | undefined;
  /** True while nothing was said after the usage. */
  #isUsageCurrent = false;
  #isRefusal = false;
  /** True once the provider took the request. */
  #isTaken = false;

  /** True once the model has said anything, thought or spoken. */
  get hasBegun(): boolean {
    return this.#content.text !== "" || this.#reasoning.text !== "";
  }

  /** True where the provider goes on beyond what one answer may be. */
  get isFull(): boolean {
    return this.#content.isFull || this.#reasoning.isFull;
  }

  /** Takes note of the chunks, and returns what they add. */
  add(chunks: ModelChunk[]): { reasoning: string; text: string } {
    let [reasoning, text] = ["", ""];
    this.#isTaken = true;
    for (const chunk of chunks) {
      if (chunk.type === "reasoning") reasoning += chunk.text;
      else if (chunk.type === "text" || chunk.type === "refusal") text += chunk.text;
      this.#note(chunk);
    }
    return { reasoning: this.#reasoning.push(reasoning), text: this.#content.push(text) };
  }

  /** Once it has finished, an answer is whole, whatever becomes of the connection. */
  fail(problem: Problem): void {
    if (this.#finishReason === null) this.#problem ??= problem;
  }

  toAnswer(request: AnswerRequest, isStopped: boolean): Answer {
    const stopped = isStopped && this.#finishReason === null;
    const problem = stopped ? undefined : (this.#problem ?? this.#judge());
    return {
      content: this.#content.text,
      status: stopped ? "stopped" : problem ? "failed" : "complete",
      finishReason: problem?.code ?? (this.isFull ? "length" : this.#finishReason),
      ...this.#count(this.#isTaken || stopped ? request.estimatedPromptTokens : 0),
      ...this.#keptReasoning(request),
      ...(this.#isRefusal && { refusal: true as const }),
      ...(problem && { problem }),
    };
  }

  #note(chunk: ModelChunk): void {
    if (chunk.type === "finish") this.#finishReason = chunk.reason;
    if (chunk.type === "usage") this.#usage = mergeCounts(this.#usage, chunk.usage);
    if (chunk.type === "usage") this.#isUsageCurrent = true;
    else if ("text" in chunk) this.#isUsageCurrent = false;
    this.#isRefusal ||= chunk.type === "refusal";
  }

  #keptReasoning({ keepsReasoning }: AnswerRequest): Pick<Answer, "reasoning"> {
    const { text } = this.#reasoning;
    if (!keepsReasoning || text === "") return {};
    return { reasoning: utf8Prefix(text, LARGEST_REASONING_BYTES) };
  }

  /** What an answer without a failure is worth: one that says nothing is none. */
  #judge(): Problem | undefined {
    const kind = this.isFull ? "length" : finishKind(this.#finishReason);
    const isEmpty = this.#content.text.trim() === "";
    return isEmpty || kind === "failed" ? new Problem(EMPTY[kind]) : undefined;
  }

  /** The provider's count as far as it goes: zeros where there were words are none. */
  #count(estimatedPromptTokens: number): Pick<Answer, "usage" | "estimated"> {
    const received = estimateTokens(this.#reasoning.text) + estimateTokens(this.#content.text);
    const counted = this.#usage;
    if (!counted) {
      const usage = { promptTokens: estimatedPromptTokens, completionTokens: received };
      return { usage, estimated: true };
    }
    // Of an answer that was cut, the last count may be of its beginning.
    const least = this.#isUsageCurrent && counted.completionTokens > 0 ? 0 : received;
    const completionTokens = Math.max(counted.completionTokens, least);
    const promptTokens = counted.promptTokens || (received > 0 ? estimatedPromptTokens : 0);
    const isOwn =
      completionTokens !== counted.completionTokens || promptTokens !== counted.promptTokens;
    return { usage: { ...counted, promptTokens, completionTokens }, estimated: isOwn };
  }
}
