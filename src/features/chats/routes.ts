/** Routes of chats. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import {
  contentTag,
  entityTag,
  hasTag,
  IfNoneMatch,
  notModified,
  readIfMatch,
  readKnownVersions,
  tagged,
} from "../../http/entity-tag.ts";
import { ById } from "../../http/fields.ts";
import { markReplayed, readKey } from "../../http/keyed-route.ts";
import {
  type App,
  createRouter,
  json,
  jsonBody,
  optionalJsonBody,
  route,
  textHeader,
} from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import type { ProblemCode } from "../../lib/problem.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { type Message, toMessage } from "../messages/schemas.ts";
import { announce } from "./announce.ts";
import { type Change, changeChat } from "./change.ts";
import { createChat } from "./create.ts";
import { derivedRoutes } from "./derived-routes.ts";
import { requireFuture } from "./expiry.ts";
import {
  type ChatFilter,
  type ChatRow,
  deleteChat,
  getChatWithMessages,
  listChats,
  MOST_COUNTED,
} from "./queries.ts";
import {
  Chat,
  ChatChange,
  ChatList,
  ChatQuery,
  ChatWithMessages,
  DEFAULT_TITLE,
  isDefaultTitle,
  Deleted,
  NewChat,
  Rename,
  toChat,
} from "./schemas.ts";

const tags = ["Chats"];

const MESSAGES_SHOWN = 100;

const ETag = textHeader("Strong entity tag of the chat's version.");

const IfMatch = z.object({
  "if-match": z.string().optional().openapi({
    description: "Change the chat only if it still has this version; `*` for any.",
    example: '"3"',
  }),
});

const changeProblems: ProblemCode[] = ["precondition_failed", "malformed_header"];

const list = route({
  method: "get",
  path: "/chats",
  operationId: "listChats",
  scope: "chat",
  tags,
  summary: "List your chats",
  description: "Pinned chats first, then by latest activity. Messages are not included.",
  request: { query: ChatQuery, headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: { 200: tagged(json(ChatList, "A page of chats.")), 304: notModified },
});

const create = route({
  method: "post",
  path: "/chats",
  operationId: "createChat",
  scope: "chat",
  tags,
  summary: "Create a chat",
  description: "An empty chat. `POST /chat` without `chat_id` creates one with its first message.",
  keyed: true,
  request: { body: optionalJsonBody(NewChat) },
  problems: ["not_found"],
  responses: {
    201: {
      ...json(Chat, "The new chat."),
      headers: { ETag, Location: textHeader("Its path.") },
    },
  },
});

const read = route({
  method: "get",
  path: "/chats/{id}",
  operationId: "getChat",
  scope: "chat",
  tags,
  summary: "Get a chat with its newest messages",
  description:
    "The newest 100 messages of the active path. `GET /chats/{id}/messages` pages through the rest.",
  request: { params: ById, headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: {
    200: { ...json(ChatWithMessages, "The chat."), headers: { ETag } },
    304: notModified,
  },
});

const rename = route({
  method: "put",
  path: "/chats/{id}",
  operationId: "renameChat",
  scope: "chat",
  tags,
  summary: "Rename a chat",
  description: "Later messages no longer rename the chat.",
  request: { params: ById, headers: IfMatch, body: jsonBody(Rename) },
  problems: changeProblems,
  responses: { 200: { ...json(Chat, "The chat as it is now."), headers: { ETag } } },
});

const change = route({
  method: "patch",
  path: "/chats/{id}",
  operationId: "updateChat",
  scope: "chat",
  tags,
  summary: "Rename, pin, archive or limit a chat, or switch to another branch",
  description: "Fields that are absent keep their values.",
  request: { params: ById, headers: IfMatch, body: optionalJsonBody(ChatChange) },
  problems: [...changeProblems, "turn_in_progress"],
  responses: { 200: { ...json(Chat, "The chat as it is now."), headers: { ETag } } },
});

const remove = route({
  method: "delete",
  path: "/chats/{id}",
  operationId: "deleteChat",
  scope: "chat",
  tags,
  summary: "Delete a chat",
  description: "Stops a running answer and deletes all messages.",
  request: { params: ById },
  responses: { 200: json(Deleted, "The chat was deleted.") },
});

export const chatRoutes = createRouter()
  .openapi(list, async (c) => {
    const filter = c.req.valid("query");
    const found = await listChats(c.get("deps").db, c.get("principal").userId, filter);
    const headers = { etag: await contentTag(found) };
    const known = c.req.valid("header")["if-none-match"];
    if (hasTag(known, headers.etag)) return c.body(null, 304, headers);
    return c.json(toChatList(filter, found), 200, headers);
  })
  .openapi(create, async (c) => {
    const body = c.req.valid("json");
    const key = await readKey(c, body);
    const { db, newId, clock } = c.get("deps");
    const at = toIso(new Date(clock()));
    const title = body.title ?? DEFAULT_TITLE;
    const chat = {
      id: newId(),
      title,
      autoTitle: body.auto_title ?? isDefaultTitle(title),
      temporary: body.temporary ?? false,
      expiresAt: body.expires_at ?? null,
      at,
    };
    requireFuture(chat.expiresAt, at);
    const { row, isReplayed } = await createChat(db, c.get("principal").userId, chat, key);
    const headers = { etag: entityTag(row.version), location: `/chats/${row.id}` };
    return c.json(toChat(row), 201, { ...headers, ...markReplayed(isReplayed) });
  })
  .openapi(read, async (c) => {
    const { id } = c.req.valid("param");
    const { db } = c.get("deps");
    const { userId } = c.get("principal");
    const known = readKnownVersions(c.req.valid("header")["if-none-match"]);
    const page = { limit: MESSAGES_SHOWN, known };
    const { chat, messages } = await getChatWithMessages(db, userId, id, page);
    const headers = { etag: entityTag(chat.version) };
    if (messages === undefined) return c.body(null, 304, headers);
    const shown = messages.map(toMessage);
    return c.json({ ...toChat(chat), messages: shown, ...previousCursor(shown) }, 200, headers);
  })
  .openapi(rename, async (c) => {
    const row = await applyChange(c, c.req.valid("param").id, c.req.valid("json"));
    return c.json(toChat(row), 200, { etag: entityTag(row.version) });
  })
  .openapi(change, async (c) => {
    const row = await applyChange(c, c.req.valid("param").id, c.req.valid("json"));
    return c.json(toChat(row), 200, { etag: entityTag(row.version) });
  })
  .openapi(remove, async (c) => {
    const { id } = c.req.valid("param");
    const { db, clock } = c.get("deps");
    await deleteChat(db, c.get("principal").userId, id, toIso(new Date(clock())));
    await eraseNow(c, [{ kind: "room", target: id }]);
    return c.json({ success: true as const, message: "Deleted.", data: { chat_id: id } }, 200);
  })
  .route("/", derivedRoutes);

async function applyChange(c: Context<App>, chatId: string, change: Change): Promise<ChatRow> {
  const { db, clock } = c.get("deps");
  const versions = readIfMatch(c.req.header("if-match"));
  const at = toIso(new Date(clock()));
  requireFuture(change.expires_at, at);
  const changed = await changeChat(db, c.get("principal").userId, chatId, change, { versions, at });
  announce(c, changed);
  return changed.row;
}

function toChatList(filter: ChatFilter, found: { rows: ChatRow[]; total: number }) {
  const { limit, offset, cursor } = filter;
  const rows = found.rows.slice(0, limit);
  const last = found.rows.length > limit ? rows.at(-1) : undefined;
  return {
    chats: rows.map(toChat),
    total: Math.min(found.total, MOST_COUNTED),
    ...(found.total > MOST_COUNTED && { total_is_lower_bound: true as const }),
    limit,
    offset: cursor ? 0 : offset,
    next_cursor: last ? encodeCursor([last.pinned, toIso(last.updated_at), last.id]) : null,
  };
}

function previousCursor([oldest]: Message[]): { previous_cursor: string | null } {
  return { previous_cursor: oldest && oldest.parent_id !== null ? oldest.id : null };
}
