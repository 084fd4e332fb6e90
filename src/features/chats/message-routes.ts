/** Stores messages without generating an answer, and notifies the chat's live sockets. */
import { markReplayed, readKey } from "../../http/keyed-route.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { Message, NewMessage, toMessage } from "../messages/schemas.ts";
import { announce } from "./announce.ts";
import { storeMessage } from "./store-message.ts";

const tags = ["Messages"];

const store = route({
  method: "post",
  path: "/messages",
  operationId: "storeMessage",
  scope: "chat",
  tags,
  summary: "Store a message without generating an answer",
  description: "The message is added below the chat's current message and becomes the current one.",
  keyed: true,
  request: { body: jsonBody(NewMessage) },
  problems: ["not_found", "turn_in_progress", "reserved_key"],
  responses: { 201: json(Message, "The stored message.") },
});

export const storedMessageRoutes = createRouter().openapi(store, async (c) => {
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
});
