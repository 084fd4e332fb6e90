/** Wire shape of the usage of a provider call. */
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
        "Prompt tokens that were read from the provider's cache at a lower price; absent if the provider does not report them.",
    }),
    reasoning_tokens: z.int().optional().openapi({
      description:
        "Completion tokens that were reasoning; absent if the provider does not report them.",
    }),
    cost: z.string().openapi({ description: "Exact decimal.", example: "0.000123" }),
    currency: z.literal("USD"),
    estimated: z
      .boolean()
      .openapi({ description: "True if the provider reported no usage, or not all of it." }),
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
