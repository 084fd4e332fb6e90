/** Wire shapes of security events, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import { CursorTime, limit, NextCursor, ShownId, ShownTime } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { isId } from "../../lib/ids.ts";
import { SECURITY_EVENT_KINDS } from "./kinds.ts";
import type { EventRow } from "./queries.ts";

const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;

const Details = z
  .record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()]))
  .openapi({
    description:
      "What is known about the cause: `address`, `user_agent` and `country` (ISO 3166-1) of the request, and what the kind of event adds. Null once the account was erased.",
    example: { address: "192.0.2.7", user_agent: "Firefox", country: "DE", method: "password" },
  });

const Kind = z.enum(SECURITY_EVENT_KINDS).openapi("SecurityEventKind");

const OwnEvent = onDemand(() =>
  z
    .object({
      id: ShownId,
      kind: Kind,
      created_at: ShownTime,
      session_id: ShownId.nullable(),
      key_id: ShownId.nullable(),
      actor_id: ShownId.nullable().openapi({
        description: "The administrator who acted; null where the account's owner did.",
      }),
      details: Details.nullable(),
    })
    .openapi("SecurityEvent"),
);

const Hash = onDemand(() => z.string().openapi({ description: "SHA-256 in lower-case hex." }));

const AuditEvent = onDemand(() =>
  OwnEvent()
    .extend({
      user_id: ShownId,
      position: z
        .int()
        .openapi({ description: "In the chain of the account, from 1.", example: 3 }),
      details_hash: Hash(),
      hash: Hash(),
    })
    .openapi("AuditEvent"),
);

export const OwnEvents = onDemand(() =>
  z.object({ events: z.array(OwnEvent()), next_cursor: NextCursor() }).openapi("SecurityEvents"),
);

export const AuditEvents = onDemand(() =>
  z.object({ events: z.array(AuditEvent()), next_cursor: NextCursor() }).openapi("AuditEvents"),
);

/** A cursor with these parts. */
function cursorOf<P extends z.ZodType>(parts: P) {
  return z
    .string()
    .transform((cursor, context): z.output<P> => {
      const decoded = parts.safeParse(decodeCursor(cursor));
      if (decoded.success) return decoded.data;
      context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "`next_cursor` of the previous page." });
}

export const OwnEventsQuery = z.object({
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  cursor: cursorOf(z.tuple([z.int().min(1).max(2_147_483_647)])).optional(),
});

export const AuditEventsQuery = z.object({
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  cursor: cursorOf(z.tuple([CursorTime, z.string().refine(isId)])).optional(),
});

export function toOwnEvent(row: EventRow): Shown<typeof OwnEvent> {
  return {
    id: row.id,
    kind: toKind(row.kind),
    created_at: toIso(row.created_at),
    session_id: row.session_id,
    key_id: row.key_id,
    actor_id: row.actor_id,
    details: row.details === null ? null : Details.parse(JSON.parse(row.details)),
  };
}

export function toAuditEvent(row: EventRow): Shown<typeof AuditEvent> {
  const { user_id, position, details_hash, hash } = row;
  return { ...toOwnEvent(row), user_id, position, details_hash, hash };
}

function toKind(kind: string) {
  return Kind.parse(kind);
}
