/** Routes of the erasure of accounts. */
import { z } from "@hono/zod-openapi";
import { ById, ShownId, ShownTime } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { createRouter, json, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { type ErasureRow, getErasure } from "./receipt.ts";

const Count = onDemand(() => z.int().openapi({ example: 12 }));

const Erasure = onDemand(() =>
  z
    .object({
      id: ShownId,
      status: z.enum(["running", "complete"]),
      requested_at: ShownTime,
      completed_at: ShownTime.nullable(),
      erased: z.object({
        chats: Count(),
        messages: Count(),
        files: Count(),
        usage_records: Count(),
        sessions: Count(),
        event_details: Count(),
      }),
    })
    .openapi("Erasure"),
);

const readErasure = route({
  method: "get",
  path: "/erasures/{id}",
  operationId: "getErasureReceipt",
  open: true,
  tags: ["Accounts"],
  summary: "Read the receipt of an erased account",
  description:
    "`DELETE /users/me` names the receipt in its `Location` header. It needs no sign-in, because the account no longer exists, and holds no personal data. `complete` means that nothing is left in the database, in the rooms and in the bucket.",
  request: { params: ById },
  problems: ["database_unavailable"],
  responses: { 200: json(Erasure, "The receipt, with what was erased so far.") },
});

export const erasureRoutes = createRouter().openapi(readErasure, async (c) => {
  const row = await getErasure(c.get("deps").db, c.req.valid("param").id);
  return c.json(toErasure(row), 200);
});

function toErasure(row: ErasureRow): Shown<typeof Erasure> {
  const { id, requested_at: requestedAt, completed_at: completedAt, ...erased } = row;
  return {
    id,
    status: completedAt ? "complete" : "running",
    requested_at: toIso(requestedAt),
    completed_at: completedAt && toIso(completedAt),
    erased,
  };
}
