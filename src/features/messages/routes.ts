/** Route of a chat's messages. */
import { z } from "@hono/zod-openapi";
import { ById } from "../../http/fields.ts";
import { createRouter, json, route, textHeader } from "../../http/router.ts";
import { linksOf, listMessages } from "./list.ts";
import { Message, MessageQuery, toMessage } from "./schemas.ts";

const tags = ["Messages"];

const list = route({
  method: "get",
  path: "/chats/{id}/messages",
  scope: "chat",
  tags,
  summary: "List the messages of a chat",
  description:
    "The active path, oldest first; without parameters its newest page. Follow `Link`: `rel=next` leads to older messages, or with `after` to newer ones.",
  request: { params: ById, query: MessageQuery },
  responses: {
    200: {
      ...json(z.array(Message), "A page of messages."),
      headers: {
        Link: textHeader("`next` and `prev` (RFC 8288)."),
      },
    },
  },
});

export const messageRoutes = createRouter().openapi(list, async (c) => {
  const { id } = c.req.valid("param");
  const query = c.req.valid("query");
  const page = await listMessages(c.get("deps").db, c.get("principal").userId, id, query);
  const link = linksOf(id, query, page);
  return c.json(page.messages.map(toMessage), 200, link === undefined ? {} : { link });
});
