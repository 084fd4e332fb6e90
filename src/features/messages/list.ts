/** Pages through the active path of a chat in both directions. */
import { sql, type SQL } from "drizzle-orm";
import { type Db, readOne } from "../../db/client.ts";
import type { KnownVersions } from "../../http/entity-tag.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { ownedChat, pageMessages, pathPage, type PathPage, unlessKnown } from "./path.ts";
import type { MessageRow } from "./queries.ts";

type MessagePage = {
  /** Oldest first. */
  messages: MessageRow[];
  /** True when a page read with `after` does not reach the end of the path. */
  hasNewer: boolean;
};

type Found = {
  version: number;
  messages: MessageRow[] | null;
  has_before: boolean;
  has_after: boolean;
  walked: number | null;
};

/**
 * A page of the active path, and the chat's version; no page when the client knows that version. Throws `not_found`, or
 * a 422 when `before` is not a message of the chat or `after` is not on the path.
 */
export async function listMessages(
  db: Db,
  ownerId: string,
  chatId: string,
  page: PathPage & { known: KnownVersions },
): Promise<{ version: number; page: MessagePage | undefined }> {
  const found = await readOne(db, selectPage(ownerId, chatId, page));
  if (!found) throw new Problem("not_found");
  if (page.before && !found.has_before) throw notOnPath("?before");
  if (page.after && !found.has_after) throw notOnPath("?after");
  const { version, messages, walked } = found;
  if (messages === null || walked === null) return { version, page: undefined };
  return { version, page: { messages, hasNewer: walked > messages.length + 1 } };
}

function selectPage(
  ownerId: string,
  chatId: string,
  page: PathPage & { known: KnownVersions },
): SQL<Found> {
  const walked = sql`(SELECT count(*)::int FROM path)`;
  return sql<Found>`
    WITH RECURSIVE ${ownedChat(ownerId, chatId)}, ${pathPage(page)}
    SELECT chat.version, ${unlessKnown(page.known, pageMessages)} AS messages,
      ${unlessKnown(page.known, walked)} AS walked,
      ${hasBefore(page)} AS has_before, ${hasAfter(page)} AS has_after
    FROM chat`;
}

/** Leaves the subquery out when it is not needed: Postgres would plan it anyway. */
function hasBefore({ before }: PathPage) {
  if (before === undefined) return sql`true`;
  return sql`EXISTS (SELECT FROM messages AS b WHERE b.chat_id = chat.id AND b.id = ${before}::uuid)`;
}

function hasAfter({ after }: PathPage) {
  return after === undefined ? sql`true` : sql`EXISTS (SELECT FROM path WHERE id = ${after}::uuid)`;
}

function notOnPath(pointer: string): Problem {
  return invalidField(pointer, "unknown_message", "The active path has no message with this id.");
}

/**
 * The `Link` header (RFC 8288) of a page. `next` continues in the direction of paging: towards older
 * messages, or with `after` towards newer ones; `prev` goes back. Undefined without either.
 */
export function linksOf(
  chatId: string,
  requested: PathPage,
  page: MessagePage,
): string | undefined {
  const oldest = page.messages[0];
  const newest = page.messages.at(-1);
  if (!oldest || !newest) return undefined;
  const to = (rel: string, query: string) =>
    `</chats/${chatId}/messages?limit=${requested.limit}&${query}>; rel="${rel}"`;
  const older = oldest.parent_id !== null && `before=${oldest.id}`;
  const newer = hasNewer(requested, page) && `after=${newest.id}`;
  const [next, previous] = requested.after ? [newer, older] : [older, newer];
  const links = [next && to("next", next), previous && to("prev", previous)].filter(Boolean);
  return links.join(", ") || undefined;
}

/** True when there are messages after the page. */
function hasNewer({ before, after, offset }: PathPage, page: MessagePage): boolean {
  return after ? page.hasNewer || before !== undefined : before !== undefined || offset > 0;
}
