/** Why a provider ended an answer: its finish reason and what it means here. Pure. */
import { firstCodePoints } from "../../lib/code-points.ts";

const LONGEST_REASON = 64;
const REPLACEMENT = "\uFFFD";

type FinishKind = "whole" | "length" | "filtered" | "failed";

/** OpenAI's value first, then those of Anthropic, Mistral, Gemini, Cohere, Zhipu, DeepSeek, SGLang. */
const LENGTH = /^(length|max_(output_)?tokens|model_length|model_context_window_exceeded)$/;
const FILTERED =
  /^(content_filter(ed)?|safety|recitation|blocklist|prohibited_content|spii|sensitive|refusal|error_toxic)\b/;
const FAILED = /^(error|abort(ed)?|network_error|insufficient_system_resource|malformed_\w+)$/;

/** What a finish reason means for the answer; an unknown reason counts as "whole". */
export function finishKind(reason: string | null): FinishKind {
  const word = (reason ?? "").toLowerCase();
  if (LENGTH.test(word)) return "length";
  if (FILTERED.test(word)) return "filtered";
  return FAILED.test(word) ? "failed" : "whole";
}

/** A finish reason as it can be stored; undefined unless the value is a non-empty string. */
export function toFinishReason(value: unknown): string | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const bounded = firstCodePoints(value.slice(0, 2 * LONGEST_REASON), LONGEST_REASON);
  return bounded.replaceAll("\0", REPLACEMENT).toWellFormed();
}
