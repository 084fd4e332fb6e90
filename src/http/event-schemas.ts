/** Wire shapes of events that more than one stream has. */
import { z } from "@hono/zod-openapi";
import { catalogue, type ProblemCode } from "../lib/problem.ts";
import { onDemand } from "./on-demand.ts";

function isProblemCode(value: unknown): boolean {
  return typeof value === "string" && Object.hasOwn(catalogue, value);
}

/** A failure; `Problem` has the same `code`, and `error` as its `detail`. */
export const ErrorEvent = onDemand(() =>
  z
    .object({
      type: z.literal("error"),
      error: z.string().openapi({ description: "A sentence for a person." }),
      code: z.custom<ProblemCode>(isProblemCode).openapi({
        type: "string",
        description: "The code of a `Problem`.",
        example: "ai_timeout",
      }),
      retry_after: z
        .number()
        .optional()
        .openapi({ description: "Seconds, where the provider gives them." }),
    })
    .openapi("ErrorEvent", { description: "Its event name is `turn_error`." }),
);

export const StreamCompleteEvent = onDemand(() =>
  z
    .object({ type: z.literal("stream_complete") })
    .openapi("StreamCompleteEvent", { description: "Always and last: nothing follows it." }),
);
