/** Messages: the active path of a chat, and messages that nobody answers. */
import { z } from "@hono/zod-openapi";
import { ById } from "../../http/fields.ts";
import {
  KeyHeader,
  keyProblems,
  markReplayed,
  readKey,
  replayedHeader,
} from "../../http/keyed-route.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { announce } from "../chats/announce.ts";
import { deleteFeedback, putFeedback } from "./feedback.ts";
import { linksOf, listMessages } from "./list.ts";
import { Feedback, Message, MessageQuery, NewFeedback, NewMessage, toMessage } from "./schemas.ts";
import { storeMessage } from "./store.ts";

const tags = ["Messages"];

const list = route({
  method: "get",
  path: "/chats/{id}/messages",
  tags,
  summary: "Read the messages of a chat",
  description:
    "The active path, oldest first; without parameters its newest page. `Link` leads on: `rel=next` towards older messages, or, with `after`, towards newer ones.",
  request: { params: ById, query: MessageQuery },
  responses: {
    200: {
      ...json(z.array(Message), "A page of messages."),
      headers: {
        Link: { description: "`next` and `prev` (RFC 8288).", schema: { type: "string" as const } },
      },
    },
  },
});

const store = route({
  method: "post",
  path: "/messages",
  tags,
  summary: "Store a message without asking for an answer",
  description: "It becomes a child of the chat's current message, and the current one itself.",
  request: { headers: KeyHeader, body: jsonBody(NewMessage) },
  problems: [...keyProblems, "not_found", "turn_in_progress", "reserved_key"],
  responses: { 201: { ...json(Message, "The stored message."), headers: replayedHeader } },
});

const rate = route({
  method: "put",
  path: "/messages/{id}/feedback",
  tags,
  summary: "Say what you think of an answer",
  description: "In place of what you said of it before.",
  request: { params: ById, body: jsonBody(NewFeedback) },
  problems: ["not_an_answer"],
  responses: { 200: json(Feedback, "What is stored.") },
});

const unrate = route({
  method: "delete",
  path: "/messages/{id}/feedback",
  tags,
  summary: "Take back what you said of an answer",
  request: { params: ById },
  responses: { 204: { description: "Nothing is said of it any more." } },
});

export const messageRoutes = createRouter()
  .openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    const asked = c.req.valid("query");
    const page = await listMessages(c.get("deps").db, c.get("principal").userId, id, asked);
    const link = linksOf(id, asked, page);
    return c.json(page.messages.map(toMessage), 200, link === undefined ? {} : { link });
  })
  .openapi(store, async (c) => {
    const body = c.req.valid("json");
    const { file_name = null, file_url = null, metadata, ...given } = body;
    const { db, newId, clock } = c.get("deps");
    const at = toIso(new Date(clock()));
    const message = { ...given, id: newId(), file_name, file_url, metadata: metadata ?? {}, at };
    const key = await readKey(c, body);
    const stored = await storeMessage(db, c.get("principal").userId, message, key);
    const shown = toMessage(stored.row);
    if (!stored.isReplayed) announce(c, stored.chat, shown);
    return c.json(shown, 201, markReplayed(stored.isReplayed));
  })
  .openapi(rate, async (c) => {
    const { db, clock } = c.get("deps");
    const { id } = c.req.valid("param");
    const at = toIso(new Date(clock()));
    const said = c.req.valid("json");
    return c.json(await putFeedback(db, c.get("principal").userId, id, said, at), 200);
  })
  .openapi(unrate, async (c) => {
    const { id } = c.req.valid("param");
    await deleteFeedback(c.get("deps").db, c.get("principal").userId, id);
    return c.body(null, 204);
  });
