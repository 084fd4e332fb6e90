/** Route of a chat's messages. */
import { z } from "@hono/zod-openapi";
import {
  entityTag,
  IfNoneMatch,
  notModified,
  readKnownVersions,
  tagged,
} from "../../http/entity-tag.ts";
import { ById } from "../../http/fields.ts";
import { createRouter, json, route, textHeader } from "../../http/router.ts";
import { linksOf, listMessages } from "./list.ts";
import { Message, MessageQuery, toMessage } from "./schemas.ts";

const tags = ["Messages"];

const list = route({
  method: "get",
  path: "/chats/{id}/messages",
  operationId: "listMessages",
  scope: "chat",
  tags,
  summary: "List the messages of a chat",
  description:
    "The active path, oldest first; without parameters its newest page. Follow `Link`: `rel=next` leads to older messages, or with `after` to newer ones.",
  request: { params: ById, query: MessageQuery, headers: IfNoneMatch },
  problems: ["malformed_header"],
  responses: {
    200: tagged(
      json(() => z.array(Message()), "A page of messages."),
      {
        Link: textHeader("`next` and `prev` (RFC 8288)."),
      },
    ),
    304: notModified,
  },
});

export const messageRoutes = createRouter().openapi(list, async (c) => {
  const { id } = c.req.valid("param");
  const query = c.req.valid("query");
  const known = readKnownVersions(c.req.valid("header")["if-none-match"]);
  const wanted = { ...query, known };
  const found = await listMessages(c.get("deps").db, c.get("principal").userId, id, wanted);
  const headers = { etag: entityTag(found.version) };
  if (!found.page) return c.body(null, 304, headers);
  const link = linksOf(id, query, found.page);
  const shown = found.page.messages.map(toMessage);
  return c.json(shown, 200, link === undefined ? headers : { ...headers, link });
});
