/** Exports a chat page by page: only one page is in memory. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, read, readOne } from "../../db/client.ts";
import type { RowOf } from "../../db/columns.ts";
import type { messages } from "../../db/schema.ts";
import { encodeUtf8 } from "../../lib/bytes.ts";
import { toIso } from "../../lib/clock.ts";
import { logError } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { messageById, ownedChat, pageOfAll, pageUpTo, wholePath } from "../messages/path.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { toMessage } from "../messages/schemas.ts";
import type { Format } from "./export-formats.ts";
import { chatColumns, type ChatRow } from "./queries.ts";
import { toChat } from "./schemas.ts";
import { toByteStream } from "../../lib/byte-stream.ts";

type Branches = "active" | "all";

/** The most messages of one page. */
const PAGE = 200;

/**
 * The chat, and the ids at which its pages end, in order. On the active path that is every 200th message:
 * a page is found by walking up from its end, without walking the whole chat.
 */
type Outline = { chat: ChatRow; branches: Branches; stops: string[] };

/** Throws `not_found`. */
export async function getOutline(
  db: Db,
  ownerId: string,
  chatId: string,
  branches: Branches,
): Promise<Outline> {
  const found = await readOne(
    db,
    sql<ChatRow & { stops: string[] }>`
      WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${branches === "all" ? newest : stopsOfPath}
      SELECT ${chatColumns},
        (SELECT coalesce(json_agg(stops.id ORDER BY stops.depth DESC), '[]') FROM stops) AS stops
      FROM chat AS c`,
  );
  if (!found) throw new Problem("not_found");
  const { stops, ...chat } = found;
  return { chat, branches, stops };
}

const stopsOfPath = sql`${wholePath},
  stops AS (SELECT id, depth FROM path WHERE depth % ${PAGE}::int = 1)`;

/** Messages written during an export are not included. */
const newest = sql`
  stops AS (
    SELECT m.id, 1 AS depth FROM chat JOIN messages AS m ON m.chat_id = chat.id
    ORDER BY m.id DESC LIMIT 1
  )`;

/**
 * The bytes of the export, produced as the client reads them. The status was sent by then, so a failure
 * truncates the download.
 */
export function streamExport(db: Db, outline: Outline, format: Format): ReadableStream<Uint8Array> {
  return toByteStream(write(db, outline, format));
}

async function* write(db: Db, outline: Outline, format: Format): AsyncGenerator<Uint8Array> {
  yield encodeUtf8(format.head(toChat(outline.chat)));
  let previousId: string | undefined;
  for (const stop of outline.stops) {
    while (previousId !== stop) {
      let text = "";
      for (const { parent_at: parentAt, ...row } of await readPage(db, outline, stop, previousId)) {
        const message = toMessage(row);
        text += format.message({ message, parentAt: parentAt && toIso(parentAt), previousId });
        previousId = message.id;
      }
      yield encodeUtf8(text);
    }
  }
  if (format.tail) yield encodeUtf8(format.tail);
}

type ExportRow = MessageRow & { parent_at: RowOf<typeof messages>["created_at"] | null };

async function readPage(
  db: Db,
  outline: Outline,
  stop: string,
  after: string | undefined,
): Promise<ExportRow[]> {
  try {
    const rows = await read(db, selectPage(outline, stop, after));
    // The chat was deleted meanwhile: fail instead of sending a file that looks complete.
    if (rows.length === 0) throw new Problem("not_found");
    return rows;
  } catch (error) {
    logError("export_cut", { cause: error instanceof Error ? error.name : typeof error });
    throw error;
  }
}

function selectPage(
  { chat, branches }: Outline,
  stop: string,
  after: string | undefined,
): SQL<ExportRow> {
  const of = { after, limit: PAGE };
  const page = branches === "all" ? pageOfAll(stop, of) : pageUpTo(stop, of);
  return sql<ExportRow>`
    WITH RECURSIVE ${ownedChat(chat.user_id, chat.id)}, ${page}
    SELECT ${messageColumns}, p.created_at AS parent_at
    FROM page CROSS JOIN LATERAL ${messageById(sql`page.id`)}
    LEFT JOIN messages AS p ON p.id = m.parent_id ${joinSiblings}
    ORDER BY page.depth DESC`;
}
