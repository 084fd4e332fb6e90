/** Routes that derive something from a chat: a name, a download. */
import { z } from "@hono/zod-openapi";
import { attachment } from "../../http/content-disposition.ts";
import { ById } from "../../http/fields.ts";
import { markReplayed, readKey } from "../../http/keyed-route.ts";
import {
  content,
  createRouter,
  json,
  optionalJsonBody,
  route,
  textHeader,
} from "../../http/router.ts";
import { keyIdOf } from "../../lib/principal.ts";
import { providerProblems } from "../../lib/problem.ts";
import { announce } from "./announce.ts";
import { formats } from "./export-formats.ts";
import { getOutline, streamExport } from "./export.ts";
import { nameChat } from "./name.ts";
import { ChatExport, ExportQuery, NameResponse, NameRequest } from "./schemas.ts";

const tags = ["Chats"];

const name = route({
  method: "post",
  path: "/chats/{id}/name",
  operationId: "suggestChatTitle",
  scope: "chat",
  tags,
  summary: "Let the model name a chat",
  description:
    "Asks the model for a name and renames the chat to it. Later messages no longer rename it.",
  keyed: true,
  request: { params: ById, body: optionalJsonBody(NameRequest) },
  problems: ["budget_exhausted", ...providerProblems],
  responses: { 200: json(NameResponse, "The chat's new name.") },
});

const download = route({
  method: "get",
  path: "/chats/{id}/export",
  operationId: "exportChat",
  scope: "chat",
  tags,
  summary: "Download a chat",
  description:
    "Streams the active path, or all branches, as a file, oldest message first. With all branches, messages come in the order in which they were written, `parent_id` names the message that each one follows, and Markdown has a line where that is not the previous message. In Markdown, messages load nothing and cannot break out of their section: images, headings, rules and link definitions are escaped with a backslash, `<` of HTML is `&lt;`, and code fences start at the margin and are closed; code is unchanged. JSON contains the messages as they are stored.",
  request: { params: ById, query: ExportQuery },
  responses: {
    200: {
      description: "The file, as an attachment named after the chat.",
      headers: {
        "Content-Disposition": textHeader("RFC 6266."),
      },
      content: {
        "application/json": content(ChatExport),
        "text/markdown": { schema: z.string() },
      },
    },
  },
});

export const derivedRoutes = createRouter()
  .openapi(name, async (c) => {
    const principal = c.get("principal");
    const keyId = keyIdOf(principal) ?? null;
    const chat = { ownerId: principal.userId, chatId: c.req.valid("param").id, keyId };
    const body = c.req.valid("json");
    const key = await readKey(c, body);
    const about = { message: body.message ?? undefined, fileIds: body.file_ids ?? [] };
    const given = await nameChat(c.get("deps"), chat, about, key);
    if (!given.isReplayed) announce(c, given.chat);
    const responseBody = { suggested_name: given.name, reasoning: given.reasoning };
    return c.json(responseBody, 200, markReplayed(given.isReplayed));
  })
  .openapi(download, async (c) => {
    const { db } = c.get("deps");
    const { id } = c.req.valid("param");
    const { format: wanted, branches } = c.req.valid("query");
    const format = formats[wanted];
    const outline = await getOutline(db, c.get("principal").userId, id, branches);
    return new Response(streamExport(db, outline, format), {
      headers: {
        "content-type": format.contentType,
        "content-disposition": attachment(outline.chat.title, format.extension),
      },
    });
  });
