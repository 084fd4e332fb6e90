/** Exports the security events of all accounts as JSON Lines: only one page is in memory. */
import type { Db } from "../../db/client.ts";
import { encodeUtf8 } from "../../lib/bytes.ts";
import { toByteStream } from "../../lib/byte-stream.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { type EventPosition, listAllEvents } from "../audit/queries.ts";
import { toAuditEvent } from "../audit/schemas.ts";

const PAGE = 500;

/** All events up to a time (ISO 8601), oldest first. A failure cuts the stream. */
export function streamEvents(db: Db, upTo: string): ReadableStream<Uint8Array> {
  return toByteStream(write(db, upTo));
}

async function* write(db: Db, upTo: string): AsyncGenerator<Uint8Array> {
  let after: EventPosition | undefined;
  do {
    const events = (await listPage(db, after)).map(toAuditEvent);
    const wanted = events.filter(({ created_at: at }) => at <= upTo);
    const last = events.at(-1);
    after =
      wanted.length === PAGE && last ? { createdAt: last.created_at, id: last.id } : undefined;
    const text = wanted.map((event) => `${JSON.stringify(event)}\n`).join("");
    if (text) yield encodeUtf8(text);
  } while (after);
}

async function listPage(db: Db, after: EventPosition | undefined) {
  try {
    return await listAllEvents(db, "oldest", { limit: PAGE, after });
  } catch (error) {
    logError("export_cut", { cause: nameOf(error) });
    throw error;
  }
}
