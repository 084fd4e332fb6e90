/** Routes of the sessions of an account. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { clientOf } from "../../../http/client.ts";
import { ById, limit, ShownId, ShownTime } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";
import { type App, createRouter, json, route, textHeader } from "../../../http/router.ts";
import { toIso } from "../../../lib/clock.ts";
import { decodeCursor, encodeCursor } from "../../../lib/cursor.ts";
import { isId } from "../../../lib/ids.ts";
import { Problem } from "../../../lib/problem.ts";
import type { SecurityEvent } from "../../audit/record.ts";
import { clearSessionCookies } from "../cookies.ts";
import { notifyRooms } from "../session-end.ts";
import { endOneSession, endOtherSessions, type ListedSession, listSessions } from "./queries.ts";

const tags = ["Accounts"];

const Cursor = z
  .string()
  .transform((text, context) => {
    const [id] = decodeCursor(text) ?? [];
    if (typeof id === "string" && isId(id)) return id;
    context.addIssue({ code: "custom", message: "This is no cursor of this list." });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "The cursor in `Link`." });

const SessionQuery = z.object({ limit: limit(50, 100), cursor: Cursor.optional() });

const Session = onDemand(() =>
  z
    .object({
      id: ShownId,
      created_at: ShownTime,
      last_seen_at: ShownTime.openapi({ description: "When its tokens were last renewed." }),
      user_agent: z.string().nullable().openapi({
        description: "The `User-Agent` of the sign-in.",
        example: "Mozilla/5.0 (X11; Linux x86_64)",
      }),
      country: z.string().nullable().openapi({
        description: "The country of the sign-in, ISO 3166-1 alpha-2, where it is known.",
        example: "CH",
      }),
      current: z.boolean().openapi({ description: "True for the session of this request." }),
    })
    .openapi("Session"),
);

const list = route({
  method: "get",
  path: "/auth/sessions",
  operationId: "listSessions",
  tags,
  summary: "List your sessions",
  description:
    "The sessions that can still be renewed, newest first. Follow `Link` to the next page.",
  request: { query: SessionQuery },
  responses: {
    200: {
      ...json(() => z.array(Session()), "A page of sessions."),
      headers: { Link: textHeader("`next` (RFC 8288).") },
    },
  },
});

const EFFECT =
  "Refresh tokens of an ended session are refused at once, access tokens within 15 minutes, and its streams and sockets are closed within a minute. Running answers continue.";

const endOne = route({
  method: "delete",
  path: "/auth/sessions/{id}",
  operationId: "endSession",
  tags,
  summary: "End one of your sessions",
  description: EFFECT,
  request: { params: ById },
  responses: { 204: { description: "The session has ended." } },
});

const endOthers = route({
  method: "delete",
  path: "/auth/sessions",
  operationId: "endOtherSessions",
  tags,
  summary: "End all your other sessions",
  description: `Ends every session except that of this request. ${EFFECT}`,
  responses: { 204: { description: "The other sessions have ended." } },
});

export const sessionRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit: most, cursor } = c.req.valid("query");
    const { db, clock } = c.get("deps");
    const { userId, sessionId } = c.get("principal");
    const now = new Date(clock());
    const rows = await listSessions(db, userId, { limit: most + 1, before: cursor, now });
    const page = rows.slice(0, most);
    const last = rows.length > most ? page.at(-1) : undefined;
    if (last) c.header("link", linkAfter(last, most));
    return c.json(
      page.map((row) => toSession(row, sessionId)),
      200,
    );
  })
  .openapi(endOne, async (c) => {
    const { id } = c.req.valid("param");
    const { sessionId: callerId } = c.get("principal");
    const event = eventOf(c, "session_ended", id);
    const { accepted, found, watched } = await endOneSession(c.get("deps").db, callerId, id, event);
    if (!accepted) throw new Problem("invalid_token");
    if (!found) throw new Problem("not_found");
    notifyRooms(c, watched);
    if (id === callerId) clearSessionCookies(c);
    return c.body(null, 204);
  })
  .openapi(endOthers, async (c) => {
    const { sessionId: callerId } = c.get("principal");
    const event = eventOf(c, "other_sessions_ended", callerId);
    const { accepted, watched } = await endOtherSessions(c.get("deps").db, callerId, event);
    if (!accepted) throw new Problem("invalid_token");
    notifyRooms(c, watched);
    return c.body(null, 204);
  });

function eventOf(
  c: Context<App>,
  kind: "session_ended" | "other_sessions_ended",
  sessionId: string,
): SecurityEvent {
  const { newId, clock } = c.get("deps");
  const { userId } = c.get("principal");
  return { id: newId(), userId, kind, sessionId, client: clientOf(c), now: new Date(clock()) };
}

function toSession(row: ListedSession, currentId: string): Shown<typeof Session> {
  return {
    id: row.id,
    created_at: toIso(row.created_at),
    last_seen_at: toIso(row.last_seen_at),
    user_agent: row.user_agent,
    country: row.country,
    current: row.id === currentId,
  };
}

function linkAfter({ id }: ListedSession, most: number): string {
  return `</auth/sessions?limit=${most}&cursor=${encodeCursor([id])}>; rel="next"`;
}
