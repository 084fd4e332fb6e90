/** Wire shape of the usage of a provider call. */
import { z } from "@hono/zod-openapi";
import type { TokenCount } from "../../clients/model.ts";
import { costOf, type Model } from "../../lib/models.ts";
import { TOKEN_PARTS } from "../../lib/prices.ts";

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
    cache_write_tokens: z.int().optional().openapi({
      description: "Prompt tokens that were written to the provider's cache.",
    }),
    audio_prompt_tokens: z.int().optional().openapi({ description: "Prompt tokens of sound." }),
    audio_completion_tokens: z
      .int()
      .optional()
      .openapi({ description: "Completion tokens of sound." }),
    cost: z.string().nullable().openapi({
      description: "Exact decimal. Null while the price of the model is unknown.",
      example: "0.000123",
    }),
    currency: z.literal("USD"),
    estimated: z
      .boolean()
      .openapi({ description: "True if the provider reported no usage, or not all of it." }),
  })
  .openapi("Usage");

export type Usage = z.infer<typeof Usage>;

/** What a call used and cost; `at`: the time of its usage row, whose price applies. */
export function toUsage(
  model: Model,
  { usage, estimated }: { usage: TokenCount; estimated: boolean },
  at: Date,
): Usage {
  const { promptTokens, completionTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    ...partsOf(usage),
    cost: costOf(model, usage, at),
    currency: "USD",
    estimated,
  };
}

/** What the provider reports of the parts. */
function partsOf(usage: TokenCount): Partial<Usage> {
  const parts = TOKEN_PARTS.map(({ name, column }) => [column, usage[name]] as const);
  return Object.fromEntries(parts.filter(([, count]) => count !== undefined));
}
