/** Wire shape of what a call to a provider took. */
import { z } from "@hono/zod-openapi";
import type { TokenCount } from "../../clients/model.ts";
import { costOf, type Model } from "../../lib/models.ts";

export const Usage = z
  .object({
    prompt_tokens: z.int(),
    completion_tokens: z.int().openapi({ description: "Reasoning included." }),
    total_tokens: z.int(),
    cached_tokens: z.int().optional().openapi({
      description:
        "How many of the prompt's came from the provider's cache, and cost less; absent where it does not say.",
    }),
    reasoning_tokens: z.int().optional().openapi({
      description:
        "How many of the completion's were reasoning; absent where the provider does not say.",
    }),
    cost: z.string().openapi({ description: "Exact decimal.", example: "0.000123" }),
    currency: z.literal("USD"),
    estimated: z
      .boolean()
      .openapi({ description: "True where the provider gave no count, or not of all that came." }),
  })
  .openapi("Usage");

export type Usage = z.infer<typeof Usage>;

export function toUsage(
  model: Model,
  { usage, estimated }: { usage: TokenCount; estimated: boolean },
): Usage {
  const { promptTokens, completionTokens, cachedTokens, reasoningTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...(cachedTokens !== undefined && { cached_tokens: cachedTokens }),
    ...(reasoningTokens !== undefined && { reasoning_tokens: reasoningTokens }),
    cost: costOf(model, usage),
    currency: "USD",
    estimated,
  };
}
