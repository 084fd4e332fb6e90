/** Wire shapes of accounts as administrators see them. */
import { z } from "@hono/zod-openapi";
import {
  CursorTime,
  limit,
  NextCursor,
  QueryText,
  ShownId,
  ShownTime,
  text,
} from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { isId } from "../../lib/ids.ts";
import { trimCost } from "../../lib/prices.ts";
import { NewBudget, OwnBudget, toOwnBudget } from "../usage/own-budget.ts";
import type { AccountRow } from "./accounts.ts";

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const LONGEST_SEARCH = 400;

const Role = z.enum(["user", "admin"]);

const Cursor = z
  .string()
  .transform((cursor, context) => {
    const decoded = z.tuple([CursorTime, z.string().refine(isId)]).safeParse(decodeCursor(cursor));
    if (decoded.success) return { createdAt: decoded.data[0], id: decoded.data[1] };
    context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "`next_cursor` of the previous page." });

export const AccountQuery = z.object({
  search: QueryText.pipe(text({ max: LONGEST_SEARCH }))
    .optional()
    .openapi({
      type: "string",
      description: "A part of the name or e-mail address, in any case, or a whole id.",
    }),
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  cursor: Cursor.optional(),
});

const MonthUsage = onDemand(() =>
  z.object({
    calls: z.int(),
    tokens: z.int(),
    cost: z.string().openapi({
      description: "Exact decimal: the sum of all calls whose price is known.",
      example: "1.204500",
    }),
    currency: z.literal("USD"),
    unpriced_calls: z.int().openapi({ description: "Calls whose cost is unknown." }),
  }),
);

export const Account = onDemand(() =>
  z
    .object({
      id: ShownId,
      name: z.string().openapi({ example: "Ada Example" }),
      email: z.string().openapi({ example: "ada@example.com" }),
      role: Role,
      is_active: z.boolean(),
      created_at: ShownTime,
      last_seen_at: ShownTime.nullable().openapi({
        description:
          "The last sign-in, renewal of a session or use of an API key; null if there was none.",
      }),
      budget: OwnBudget().openapi({
        description: "Its own budget, in place of the configured one.",
      }),
      usage: MonthUsage().openapi({ description: "Of this month, UTC." }),
    })
    .openapi("Account"),
);

export const Accounts = onDemand(() =>
  z
    .object({
      users: z.array(Account()),
      next_cursor: NextCursor(),
    })
    .openapi("Accounts"),
);

export const AccountChange = z
  .strictObject({
    is_active: z.boolean().nullish().openapi({
      description: "False ends all sessions and API keys; the account keeps its chats and files.",
    }),
    role: Role.nullish(),
    budget: NewBudget.nullish(),
  })
  .openapi("AccountChange", { example: { is_active: false } });

export function toAccount(row: AccountRow): Shown<typeof Account> {
  const { id, name, email, role, is_active } = row;
  return {
    id,
    name,
    email,
    role,
    is_active,
    created_at: toIso(row.created_at),
    last_seen_at: row.last_seen_at && toIso(row.last_seen_at),
    budget: toOwnBudget(row.budget),
    usage: {
      calls: row.calls,
      tokens: Number(row.tokens),
      cost: trimCost(row.cost),
      currency: "USD",
      unpriced_calls: row.unpriced_calls,
    },
  };
}
