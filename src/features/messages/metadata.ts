/** What the metadata of a message holds, for the OpenAPI document. Rows of earlier versions may hold anything. */
import { z } from "@hono/zod-openapi";
import { Citation, UnverifiedQuote } from "../citations/citation.ts";
import { Usage } from "../usage/schemas.ts";

const Failover = z
  .object({
    from: z.string().openapi({ description: "The model that failed." }),
    code: z.string().openapi({ description: "Why: a `ProblemCode`." }),
  })
  .openapi({ description: "Another provider's model answered." });

const Queries = z
  .object({
    status: z.enum(["rewritten", "off", "late", "failed", "unavailable"]).openapi({
      description:
        "`rewritten`: by `texts` too. Otherwise by the user's own words alone: rewriting is `off` by configuration, came too `late`, `failed` (the model gave none), or is `unavailable` (no provider).",
    }),
    texts: z.array(z.string()).openapi({ description: "At most four; empty unless `rewritten`." }),
  })
  .openapi({
    description:
      "What documents were searched for that were too long to go into the prompt whole, besides the user's own words.",
  });

const Timings = z
  .object({
    overhead_ms: z.int().optional().openapi({
      description:
        "From the arrival of the request to the first text or reasoning, less `provider_first_token_ms`: sign-in, storage, and the preparation of documents.",
    }),
    provider_first_token_ms: z.int().optional().openapi({
      description: "From the call of the provider to its first token; with `failover`, of both.",
    }),
    total_ms: z.int().openapi({
      description: "From the arrival of the request to the end of the answer, before it is saved.",
    }),
  })
  .openapi({
    description:
      "What the server added to the provider's time, in milliseconds. Without a first token only `total_ms`; absent from an interrupted answer.",
  });

export const MessageMetadata = z
  .looseObject({
    model: z.string().optional().openapi({ description: "The model of the answer." }),
    usage: Usage().optional(),
    finish_reason: z.string().nullish().openapi({
      description:
        "The provider's reason, such as `stop`, or the `ProblemCode` of a failed answer.",
    }),
    processing_time: z.number().optional().openapi({ description: "Seconds." }),
    timings: Timings.optional(),
    refusal: z.literal(true).optional().openapi({ description: "The model refused to answer." }),
    reasoning: z.string().optional().openapi({
      description: "The model's reasoning, where the server stores it.",
    }),
    failover: Failover.optional(),
    citations: z.array(Citation()).optional().openapi({
      description: "Quotations, each verified word for word against its document.",
    }),
    unverified_quotes: z.array(UnverifiedQuote()).optional().openapi({
      description: "Quotations that refer to a document and were not found in it.",
    }),
    queries: Queries.optional(),
  })
  .openapi("MessageMetadata", {
    description:
      "The client's own metadata, any JSON, and in an answer what the server adds, under names that clients cannot use.",
  });
