/** A chat as a file: the active path, read and sent a page at a time. */
import { sql } from "drizzle-orm";
import { type Db, repeatable } from "../../db/client.ts";
import { encodeUtf8 } from "../../lib/bytes.ts";
import { logError } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { ownedChat, wholePath } from "../messages/path.ts";
import { joinSiblings, messageColumns, type MessageRow } from "../messages/queries.ts";
import { type Message, toMessage } from "../messages/schemas.ts";
import { chatColumns, type ChatRow } from "./queries.ts";
import { toChat } from "./schemas.ts";

const PAGE = 200;

/** How a format writes what comes before, between and after the messages. */
type Format = {
  contentType: string;
  extension: string;
  head(chat: ReturnType<typeof toChat>): string;
  message(message: Message, index: number): string;
  tail: string;
};

const json: Format = {
  contentType: "application/json",
  extension: "json",
  head: (chat) => `{"chat":${JSON.stringify(chat)},"messages":[`,
  message: (message, index) => `${index > 0 ? "," : ""}${JSON.stringify(message)}`,
  tail: "]}",
};

const AUTHORS: Record<Message["type"], string> = { user: "User", bot: "Assistant" };

const markdown: Format = {
  contentType: "text/markdown; charset=utf-8",
  extension: "md",
  head: (chat) => `# ${chat.title.replace(/\s+/g, " ").trim()}\n`,
  message: ({ type, created_at, content }) =>
    `\n## ${AUTHORS[type]} · ${created_at}\n\n${content}\n`,
  tail: "",
};

export const formats = { json, markdown };

/** What an export begins with: the chat, and the ids of its active path, oldest first. */
export type Outline = { chat: ChatRow; ids: string[] };

/** Throws `not_found`. */
export async function getOutline(db: Db, ownerId: string, chatId: string): Promise<Outline> {
  const { rows } = await repeatable(() =>
    db.execute<ChatRow & { ids: string[] }>(sql`
      WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${wholePath}
      SELECT ${chatColumns},
        (SELECT coalesce(json_agg(path.id ORDER BY path.depth DESC), '[]') FROM path) AS ids
      FROM chat AS c`),
  );
  if (!rows[0]) throw new Problem("not_found");
  const { ids, ...chat } = rows[0];
  return { chat, ids };
}

/**
 * The bytes of the export, made as the client takes them. The status has gone out by then, so that a
 * failure can only cut the download short.
 */
export function streamExport(db: Db, outline: Outline, format: Format): ReadableStream<Uint8Array> {
  const pieces = write(db, outline, format);
  return new ReadableStream(
    {
      pull: async (controller) => {
        const { value, done } = await pieces.next();
        if (done) controller.close();
        else controller.enqueue(encodeUtf8(value));
      },
    },
    { highWaterMark: 0 },
  );
}

async function* write(db: Db, { chat, ids }: Outline, format: Format): AsyncGenerator<string> {
  yield format.head(toChat(chat));
  for (let start = 0; start < ids.length; start += PAGE) {
    const rows = await readPage(db, chat, ids.slice(start, start + PAGE));
    yield rows.map((row, index) => format.message(toMessage(row), start + index)).join("");
  }
  if (format.tail) yield format.tail;
}

async function readPage(db: Db, chat: ChatRow, ids: string[]): Promise<MessageRow[]> {
  try {
    const { rows } = await repeatable(() => db.execute<MessageRow>(selectPage(chat, ids)));
    // A gap in the middle would be a file that looks whole: the chat was deleted meanwhile.
    if (rows.length !== ids.length) throw new Problem("not_found");
    return rows;
  } catch (error) {
    logError("export_cut", { cause: error instanceof Error ? error.name : typeof error });
    throw error;
  }
}

function selectPage({ id, user_id: ownerId }: ChatRow, ids: string[]) {
  return sql`
    SELECT ${messageColumns}
    FROM json_array_elements_text(${JSON.stringify(ids)}::json) WITH ORDINALITY AS wanted (id, place)
    JOIN messages AS m ON m.chat_id = ${id} AND m.id = wanted.id::uuid
    JOIN chats ON chats.id = m.chat_id AND chats.user_id = ${ownerId} ${joinSiblings}
    ORDER BY wanted.place`;
}
