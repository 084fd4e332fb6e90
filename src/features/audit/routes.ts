/** Routes of the signed-in account's own security events. */
import { createRouter, json, route } from "../../http/router.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { listOwnEvents } from "./queries.ts";
import { OwnEvents, OwnEventsQuery, toOwnEvent } from "./schemas.ts";

const list = route({
  method: "get",
  path: "/auth/events",
  operationId: "listSecurityEvents",
  tags: ["Accounts"],
  summary: "List your security events",
  description:
    "Newest first: sign-ins and failed ones, ended sessions, changes of password, e-mail address, second factor and keys, exports.",
  request: { query: OwnEventsQuery },
  responses: { 200: json(OwnEvents, "A page of events.") },
});

export const eventRoutes = createRouter().openapi(list, async (c) => {
  const { limit, cursor } = c.req.valid("query");
  const { userId } = c.get("principal");
  const rows = await listOwnEvents(c.get("deps").db, userId, { limit, before: cursor?.[0] });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next_cursor = last ? encodeCursor([last.position]) : null;
  return c.json({ events: shown.map(toOwnEvent), next_cursor }, 200);
});
