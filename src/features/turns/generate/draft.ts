/** An answer while it streams, and what it comes to at its end. Pure. */
import { endsInsidePair } from "../../../lib/code-points.ts";
import type { ModelChunk, TokenCount } from "../../../clients/model.ts";
import { finishKind } from "../../../clients/model/finish.ts";
import { mergeCounts } from "../../../clients/model/usage.ts";
import { utf8Length, utf8Prefix } from "../../../lib/bytes.ts";
import { estimateTokens } from "../../../lib/models.ts";
import { Problem, type ProblemCode } from "../../../lib/problem.ts";

export type Answer = {
  content: string;
  status: "complete" | "stopped" | "failed";
  /** Why it ended: the provider's reason, or the code of the problem. */
  finishReason: string | null;
  usage: TokenCount;
  /** True where the provider did not count the tokens, or not all of them. */
  estimated: boolean;
  /** The beginning of the model's reasoning, where that is stored. */
  reasoning?: string;
  /** True where the model refused, in the words of the content. */
  refusal?: true;
  problem?: Problem;
};

export type AnswerRequest = {
  /** For the case that the provider does not count the prompt's tokens. */
  estimatedPromptTokens: number;
  /** True where the reasoning is stored with the answer. */
  keepsReasoning: boolean;
};

/** Of one answer, and of the reasoning before it, in UTF-8: more than any model generates at once. */
const LARGEST_TEXT_BYTES = 1024 * 1024;
/** Of the stored reasoning. */
const LARGEST_REASONING_BYTES = 64 * 1024;

/** The problem of an answer without text, or whose generation failed. */
const PROBLEMS: Record<ReturnType<typeof finishKind>, ProblemCode> = {
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
  /** True while no text has come after the usage. */
  #isUsageCurrent = false;
  #isRefusal = false;
  /** True once the provider has accepted the request. */
  #isAccepted = false;

  /** True once there is text or reasoning. */
  get hasBegun(): boolean {
    return this.#content.text !== "" || this.#reasoning.text !== "";
  }

  /** True where the text is longer than an answer may be. */
  get isFull(): boolean {
    return this.#content.isFull || this.#reasoning.isFull;
  }

  /** Adds the chunks, and returns their text. */
  add(chunks: ModelChunk[]): { reasoning: string; text: string } {
    let [reasoning, text] = ["", ""];
    this.#isAccepted = true;
    for (const chunk of chunks) {
      if (chunk.type === "reasoning") reasoning += chunk.text;
      else if (chunk.type === "text" || chunk.type === "refusal") text += chunk.text;
      this.#addState(chunk);
    }
    return { reasoning: this.#reasoning.push(reasoning), text: this.#content.push(text) };
  }

  /** Keeps the first problem; ignores one after the provider's finish, because the answer is complete then. */
  fail(problem: Problem): void {
    if (this.#finishReason === null) this.#problem ??= problem;
  }

  toAnswer(request: AnswerRequest, isStopped: boolean): Answer {
    const stopped = isStopped && this.#finishReason === null;
    const problem = stopped ? undefined : (this.#problem ?? this.#findProblem());
    return {
      content: this.#content.text,
      status: stopped ? "stopped" : problem ? "failed" : "complete",
      finishReason: problem?.code ?? (this.isFull ? "length" : this.#finishReason),
      ...this.#count(this.#isAccepted || stopped ? request.estimatedPromptTokens : 0),
      ...this.#storedReasoning(request),
      ...(this.#isRefusal && { refusal: true as const }),
      ...(problem && { problem }),
    };
  }

  #addState(chunk: ModelChunk): void {
    if (chunk.type === "finish") this.#finishReason = chunk.reason;
    if (chunk.type === "usage") this.#usage = mergeCounts(this.#usage, chunk.usage);
    if (chunk.type === "usage") this.#isUsageCurrent = true;
    else if ("text" in chunk) this.#isUsageCurrent = false;
    this.#isRefusal ||= chunk.type === "refusal";
  }

  #storedReasoning({ keepsReasoning }: AnswerRequest): Pick<Answer, "reasoning"> {
    const { text } = this.#reasoning;
    if (!keepsReasoning || text === "") return {};
    return { reasoning: utf8Prefix(text, LARGEST_REASONING_BYTES) };
  }

  /** The problem of an answer whose stream did not fail. */
  #findProblem(): Problem | undefined {
    const kind = this.isFull ? "length" : finishKind(this.#finishReason);
    const isEmpty = this.#content.text.trim() === "";
    return isEmpty || kind === "failed" ? new Problem(PROBLEMS[kind]) : undefined;
  }

  /** The provider's count, completed by estimates: its zeros do not count where there is text. */
  #count(estimatedPromptTokens: number): Pick<Answer, "usage" | "estimated"> {
    const estimatedTokens =
      estimateTokens(this.#reasoning.text) + estimateTokens(this.#content.text);
    const counted = this.#usage;
    if (!counted) {
      const usage = { promptTokens: estimatedPromptTokens, completionTokens: estimatedTokens };
      return { usage, estimated: true };
    }
    // Where an answer is cut off, the last count may be older than its end.
    const least = this.#isUsageCurrent && counted.completionTokens > 0 ? 0 : estimatedTokens;
    const completionTokens = Math.max(counted.completionTokens, least);
    const promptTokens = counted.promptTokens || (estimatedTokens > 0 ? estimatedPromptTokens : 0);
    const isEstimated =
      completionTokens !== counted.completionTokens || promptTokens !== counted.promptTokens;
    return { usage: { ...counted, promptTokens, completionTokens }, estimated: isEstimated };
  }
}

/** A UTF-16 code unit takes at most so many bytes of UTF-8. */
const MOST_BYTES_OF_UNIT = 3;

/** Storable text of at most so many bytes of UTF-8. */
class CappedText {
  #text = "";
  /** Counted from the first piece on that may not fit. */
  #sizeBytes: number | undefined;
  #isFull = false;
  readonly #limitBytes: number;
  readonly #cleaner = new TextCleaner();

  constructor(limitBytes: number) {
    this.#limitBytes = limitBytes;
  }

  get text(): string {
    return this.#text;
  }

  /** True once a piece did not fit. */
  get isFull(): boolean {
    return this.#isFull;
  }

  /** Appends what fits of a piece, and returns it. After a piece that does not fit, nothing is appended. */
  push(piece: string): string {
    if (this.#isFull) return "";
    const text = this.#cleaner.push(piece);
    const added = this.#surelyFits(text) ? text : this.#fitting(text);
    this.#text += added;
    return added;
  }

  /** True where the bytes need not be counted, which takes longer than all else that is done with a token. */
  #surelyFits(text: string): boolean {
    return (this.#text.length + text.length) * MOST_BYTES_OF_UNIT <= this.#limitBytes;
  }

  #fitting(text: string): string {
    this.#sizeBytes ??= utf8Length(this.#text);
    const leftBytes = this.#limitBytes - this.#sizeBytes;
    const sizeBytes = utf8Length(text);
    this.#sizeBytes += sizeBytes;
    this.#isFull = sizeBytes > leftBytes;
    return this.#isFull ? utf8Prefix(text, leftBytes) : text;
  }
}

const REPLACEMENT = "\uFFFD";

/**
 * Replaces NUL and lone surrogates. Holds back half a surrogate pair at the end of a piece until the other half
 * comes, and drops it at the end of the text.
 */
export class TextCleaner {
  #heldBack = "";

  push(piece: string): string {
    const text = this.#heldBack + piece;
    this.#heldBack = endsInsidePair(text) ? text.slice(-1) : "";
    const whole = this.#heldBack === "" ? text : text.slice(0, -1);
    return whole.replaceAll("\0", REPLACEMENT).toWellFormed();
  }
}
