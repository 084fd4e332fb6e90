/** What a provider sends of an answer, read. Pure: knows no SDK and no connection. */
import { Problem } from "../../lib/problem.ts";

export type TokenCount = { promptTokens: number; completionTokens: number };

/** A piece of an answer as it comes. `usage` comes at most once, near the end. */
export type ModelChunk =
  | { type: "text"; text: string }
  | { type: "finish"; reason: string }
  | { type: "usage"; usage: TokenCount };

/** As much of a provider's chunk as we read; a provider may send anything, or an error in its place. */
type WireChunk = {
  choices?: { delta?: { content?: unknown }; finish_reason?: string | null }[];
  usage?: WireUsage | null;
  error?: unknown;
};

export type WireUsage = { prompt_tokens: number; completion_tokens: number };

/** Throws for what is not JSON, and for an error that came in mid-stream. */
export function toChunks(data: string): ModelChunk[] {
  const { choices, usage, error }: WireChunk = JSON.parse(data);
  if (error) throw new Problem("ai_unavailable");
  const chunks: ModelChunk[] = [];
  const choice = choices?.[0];
  const text = choice?.delta?.content;
  if (typeof text === "string" && text !== "") chunks.push({ type: "text", text });
  if (choice?.finish_reason) chunks.push({ type: "finish", reason: choice.finish_reason });
  const counted = usage && toTokenCount(usage);
  if (counted) chunks.push({ type: "usage", usage: counted });
  return chunks;
}

/** Undefined where what a provider calls a count is none: then it is estimated, as where there is none. */
export function toTokenCount(usage: WireUsage): TokenCount | undefined {
  const { prompt_tokens: promptTokens, completion_tokens: completionTokens } = usage;
  return [promptTokens, completionTokens].every(isCount)
    ? { promptTokens, completionTokens }
    : undefined;
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0;
}
