/** Routes of administrators. */
import { z } from "@hono/zod-openapi";
import type { TypedResponse } from "hono";
import { namesType } from "../../http/negotiate.ts";
import { content, createRouter, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { listAllEvents } from "../audit/queries.ts";
import { AuditEvents, AuditEventsQuery, toAuditEvent } from "../audit/schemas.ts";
import { streamEvents } from "./export-events.ts";
import { requireAdmin } from "./require-admin.ts";

/** JSON Lines has two names, and neither is registered. */
const LINES = ["application/jsonl", "application/x-ndjson"] as const;

type Lines = Response & TypedResponse<string, 200, "json">;

const listEvents = route({
  method: "get",
  path: "/admin/events",
  operationId: "listAllSecurityEvents",
  tags: ["Administration"],
  summary: "List the security events of all accounts",
  description:
    "Newest first, in pages. With `Accept: application/jsonl` or `application/x-ndjson` the response streams all events as JSON Lines, oldest first, without pages. To everybody but administrators this route is 404. `npm run audit:verify` checks the hashes.",
  request: { query: AuditEventsQuery },
  problems: ["not_found"],
  responses: {
    200: {
      description: "A page of events, or all of them as JSON Lines.",
      content: {
        "application/json": content(AuditEvents),
        "application/jsonl": { schema: z.string() },
        "application/x-ndjson": { schema: z.string() },
      },
    },
  },
});

export const adminRoutes = createRouter().openapi(listEvents, async (c) => {
  const { db, clock } = c.get("deps");
  await requireAdmin(db, c.get("principal").userId);
  const wanted = LINES.find((type) => namesType(c.req.header("accept"), type));
  if (wanted) {
    const body = streamEvents(db, toIso(new Date(clock())));
    // By its name, the router takes the type for JSON.
    return new Response(body, { headers: { "content-type": wanted } }) as Lines;
  }
  const { limit, cursor } = c.req.valid("query");
  const after = cursor && { createdAt: cursor[0], id: cursor[1] };
  const rows = await listAllEvents(db, "newest", { limit: limit + 1, after });
  const shown = rows.slice(0, limit).map(toAuditEvent);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  const next_cursor = last ? encodeCursor([last.created_at, last.id]) : null;
  return c.json({ events: shown, next_cursor }, 200);
});
