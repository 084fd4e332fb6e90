/** Wire shapes of the offered models, and the function that makes them. */
import { z } from "@hono/zod-openapi";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import type { Model } from "../../lib/models.ts";
import { type PriceTier, priceTiersAt } from "../../lib/prices.ts";

const CAPABILITIES = ["streaming", "json_schema", "reasoning"] as const;

const Price = onDemand(() => z.string().openapi({ example: "0.150000" }));

const Tier = onDemand(() =>
  z
    .object({
      above_prompt_tokens: z.int().openapi({
        description:
          "Applies to calls whose prompt has more tokens than this, up to the next tier.",
        example: 0,
      }),
      prompt: Price(),
      cached: Price().optional().openapi({
        description: "Of prompt tokens from the provider's cache. Absent: as `prompt`.",
      }),
      cache_write: Price().optional().openapi({
        description: "Of prompt tokens written to that cache. Absent: as `prompt`.",
      }),
      completion: Price(),
      reasoning: Price().optional().openapi({
        description: "Of completion tokens of reasoning. Absent: as `completion`.",
      }),
    })
    .openapi("PriceTier"),
);

const OfferedModel = onDemand(() =>
  z
    .object({
      name: z.string().openapi({
        description: "The `model` to send with a user message.",
        example: "gpt-4o-mini",
      }),
      provider: z.enum(["openai", "anthropic"]).openapi({
        description: "Whose interface serves the model; any compatible server counts as `openai`.",
      }),
      is_default: z
        .boolean()
        .openapi({ description: "True for the model of messages without one." }),
      context_tokens: z.int().openapi({
        description: "The most tokens of prompt and answer together.",
        example: 128_000,
      }),
      max_output_tokens: z.int().openapi({
        description: "The most tokens of one answer.",
        example: 8_192,
      }),
      capabilities: z.array(z.enum(CAPABILITIES)).openapi({
        description: "What is known of the model; one that is missing may be unknown.",
      }),
      fallback: z.string().nullable().openapi({
        description: "The model that answers where this one's provider fails; null without one.",
        example: "claude-haiku-4-5",
      }),
      prices: z
        .object({
          currency: z.literal("USD"),
          per_tokens: z.literal(1_000_000),
          tiers: z.array(Tier()).min(1).openapi({ description: "By the size of the prompt." }),
        })
        .nullable()
        .openapi({ description: "The prices at this time; null where they are not known." }),
    })
    .openapi("OfferedModel"),
);

export const OfferedModels = onDemand(() =>
  z
    .object({ models: z.array(OfferedModel()).openapi({ description: "The default first." }) })
    .openapi("OfferedModels"),
);

/** The model as it is offered, with its prices at a time. */
export function toOffered(
  model: Model,
  { defaultName, fallback, at }: { defaultName: string; fallback: string | null; at: Date },
): Shown<typeof OfferedModel> {
  const tiers = priceTiersAt(model.prices, at);
  return {
    name: model.name,
    provider: model.provider,
    is_default: model.name === defaultName,
    context_tokens: model.contextTokens,
    max_output_tokens: model.maxOutputTokens,
    capabilities: capabilitiesOf(model),
    fallback,
    prices: tiers ? { currency: "USD", per_tokens: 1_000_000, tiers: tiers.map(toTier) } : null,
  };
}

function capabilitiesOf({ refuses = [], reasons }: Model): (typeof CAPABILITIES)[number][] {
  const known = {
    streaming: !refuses.includes("stream"),
    json_schema: !refuses.includes("response_format"),
    reasoning: reasons === true,
  };
  return CAPABILITIES.filter((capability) => known[capability]);
}

function toTier({ above, prompt, cached, cacheWrite, completion, reasoning }: PriceTier) {
  return {
    above_prompt_tokens: above,
    prompt,
    ...(cached !== undefined && { cached }),
    ...(cacheWrite !== undefined && { cache_write: cacheWrite }),
    completion,
    ...(reasoning !== undefined && { reasoning }),
  };
}
