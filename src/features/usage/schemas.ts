/** Wire shapes of usage: of one provider call, and of sums of them. */
import { z } from "@hono/zod-openapi";
import type { TokenCount } from "../../clients/model.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { costOf, type Model } from "../../lib/models.ts";
import { isStorableTime, ShownTime } from "../../http/fields.ts";
import { TOKEN_PARTS } from "../../lib/prices.ts";

export const Usage = onDemand(() =>
  z
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
    .openapi("Usage"),
);

export type Usage = Shown<typeof Usage>;

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

const Day = z.iso.date().refine(isStorableTime).openapi({ format: "date", example: "2026-11-01" });

const GROUPINGS = ["day", "model", "chat", "kind"] as const;

const ALL_GROUPINGS = ["user", "day", "model"] as const;

export type Grouping = (typeof GROUPINGS)[number] | (typeof ALL_GROUPINGS)[number];

const days = {
  from: Day.optional().openapi({ description: "The first day, UTC, inclusive." }),
  to: Day.optional().openapi({ description: "The last day, UTC, exclusive." }),
};

const BY = "What each entry of `series` sums up.";

export const UsageQuery = z.object({
  ...days,
  group_by: z.enum(GROUPINGS).default("day").openapi({ description: BY }),
});

/** Of the usage of all accounts. */
export const AllUsageQuery = z.object({
  ...days,
  group_by: z.enum(ALL_GROUPINGS).default("user").openapi({ description: BY }),
});

const UsageTotals = onDemand(() =>
  z
    .object({
      calls: z.int(),
      prompt_tokens: z.int(),
      completion_tokens: z.int().openapi({ description: "Reasoning included." }),
      total_tokens: z.int(),
      cached_tokens: z.int(),
      reasoning_tokens: z.int(),
      cost: z.string().openapi({
        description: "Exact decimal: the sum of all calls whose price is known.",
        example: "1.204500",
      }),
      currency: z.literal("USD"),
      unpriced_calls: z.int().openapi({ description: "Calls whose cost is unknown." }),
      estimated_calls: z.int().openapi({ description: "Calls whose usage is an estimate." }),
    })
    .openapi("UsageTotals"),
);

export type UsageTotals = Shown<typeof UsageTotals>;

const UsageEntry = onDemand(() =>
  UsageTotals()
    .extend({
      key: z.string().nullable().openapi({
        description:
          "The day, model, chat id, kind of call or account id; null without a chat, or for a deleted one.",
        example: "2026-11-23",
      }),
    })
    .openapi("UsageEntry"),
);

export type UsageEntry = Shown<typeof UsageEntry>;

const report = () => ({
  from: z.string().openapi({ format: "date" }),
  to: z.string().openapi({ format: "date" }),
  totals: UsageTotals(),
  series: z.array(UsageEntry()),
});

export const UsageReport = onDemand(() =>
  z.object({ ...report(), group_by: z.enum(GROUPINGS) }).openapi("UsageReport"),
);

export type UsageReport = Shown<typeof UsageReport>;

export const AllUsageReport = onDemand(() =>
  z.object({ ...report(), group_by: z.enum(ALL_GROUPINGS) }).openapi("AllUsageReport"),
);

const amount = (description: string) =>
  z.string().openapi({ description: `${description} An exact decimal.`, example: "5.000000" });

const UsageLimit = onDemand(() =>
  z
    .object({
      subject: z.enum(["user", "key"]).openapi({ description: "The account, or the API key." }),
      period: z.enum(["day", "month"]).openapi({ description: "UTC." }),
      unit: z.enum(["tokens", "cost"]).openapi({ description: "`cost` is in US dollars." }),
      limit: amount("The limit."),
      used: amount("What ended calls have used."),
      reserved: amount("The most that running answers may use."),
      left: amount("What a new answer may use."),
      renews_at: ShownTime,
      unpriced_calls: z
        .int()
        .openapi({ description: "Calls of the period whose cost is unknown, and not in `used`." }),
    })
    .openapi("UsageLimit"),
);

export type UsageLimit = Shown<typeof UsageLimit>;

export const UsageLimits = onDemand(() =>
  z.object({ limits: z.array(UsageLimit()) }).openapi("UsageLimits"),
);
