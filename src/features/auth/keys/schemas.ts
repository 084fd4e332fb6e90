/** Wire shapes of API keys. */
import { z } from "@hono/zod-openapi";
import { isStorableTime, ShownId, ShownTime, text } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";
import { toIso } from "../../../lib/clock.ts";
import { NewBudget, OwnBudget, toOwnBudget } from "../../usage/own-budget.ts";
import { KEY_SCOPES } from "../../../lib/key-scopes.ts";
import type { ApiKeyRow } from "./queries.ts";

const Name = text({ min: 1, max: 200 }).openapi({ example: "Nightly import" });

const Scopes = z
  .array(z.enum(KEY_SCOPES))
  .min(1)
  .max(KEY_SCOPES.length)
  .transform((scopes) => KEY_SCOPES.filter((scope) => scopes.includes(scope)))
  .openapi({
    description:
      "What the key may do: `chat` and `files` their routes, `usage` the usage, `read` whatever is read by GET. The routes of the account and of keys need a signed-in person.",
    example: ["chat", "read"],
  });

const Expiry = z.iso.datetime({ offset: true }).refine(isStorableTime);

/** `password` and `code` prove again who asks: see `confirmIdentity`. */
export const NewKeyBody = z
  .strictObject({
    name: Name,
    scopes: Scopes,
    expires_at: Expiry.nullish().openapi({
      format: "date-time",
      description: "In the future. Without it the key is valid until it is revoked.",
    }),
    budget: NewBudget.nullish().openapi({
      description:
        "What the key may use by day and month, within the budget of the account, which applies too.",
    }),
    password: text({ max: 1_000 }).nullish(),
    code: text({ max: 100 }).nullish(),
  })
  .openapi("NewApiKey", {
    example: { name: "Nightly import", scopes: ["chat", "read"], password: "seven tall lamps" },
  });

/** What a request changes: a field that it does not name stays as it is. */
export const KeyChange = z
  .strictObject({
    name: Name.nullish(),
    budget: NewBudget.nullish().openapi({
      description: "A period that it does not name stays as it is, and null takes its limit away.",
    }),
  })
  .openapi("ApiKeyChange", { example: { budget: { month: { cost: "12.50" }, day: null } } });

export const ApiKey = onDemand(() =>
  z
    .object({
      id: ShownId,
      name: z.string().openapi({ example: "Nightly import" }),
      prefix: z.string().openapi({
        description: "The first characters of the key.",
        example: "ifk_2Qw8Zk",
      }),
      scopes: z.array(z.enum(KEY_SCOPES)),
      created_at: ShownTime,
      expires_at: ShownTime.nullable(),
      last_used_at: ShownTime.nullable().openapi({ description: "To the minute." }),
      budget: OwnBudget(),
    })
    .openapi("ApiKey"),
);

export const CreatedKey = onDemand(() =>
  ApiKey()
    .extend({
      key: z.string().openapi({
        description: "Shown only in this response: keep it.",
        example: `ifk_${"2Qw8ZkXc".repeat(6)}0`,
      }),
    })
    .openapi("CreatedApiKey"),
);

export function toApiKeyShape(row: ApiKeyRow): Shown<typeof ApiKey> {
  const { id, name, prefix, scopes } = row;
  return {
    id,
    name,
    prefix,
    scopes,
    created_at: toIso(row.created_at),
    expires_at: row.expires_at && toIso(row.expires_at),
    last_used_at: row.last_used_at && toIso(row.last_used_at),
    budget: toOwnBudget(row.budget),
  };
}
