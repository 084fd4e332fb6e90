/** Live sockets: the ticket, and the socket that it opens. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { ById, Id } from "../../../http/fields.ts";
import { onDemand } from "../../../http/on-demand.ts";
import { type App, createRouter, json, optionalJsonBody, route } from "../../../http/router.ts";
import { logError, nameOf } from "../../../lib/log.ts";
import { newSecret } from "../../../lib/ids.ts";
import { Problem } from "../../../lib/problem.ts";
import { roomCall } from "../../../lib/room-call.ts";
import { createClosedSocket, toSocketRequest } from "../room/contract.ts";
import {
  insertTicket,
  saveSocketClosed,
  type SocketKey,
  takeTicket,
  TICKET_TTL_SECONDS,
} from "../store/tickets.ts";
import { closings } from "../wire/socket.ts";
import { requireUpgrade } from "./require-upgrade.ts";

const tags = ["Answers"];

const FRAMES = `A live socket (RFC 6455) of a chat, for as long as the session lasts. A frame of the server is the \
JSON of an event, as in the stream, with its \`id\` as a member: a \`ServerFrame\`, and those of a client are \`ClientFrame\`. The events of a running turn are sent from its \
first; without one, nothing is sent until the next turn. The processing of the chat's files is reported by frames \
without \`id\`: \
\`{"type":"file_status","file_id":"…","status":"processing"|"ready"|"failed","failure":{"code","detail"}|null}\`. \
A change of the chat, or a message that is stored in it without an answer, is sent to all sockets as \
\`{"type":"chat_updated","chat":{…},"message"?:{…}}\`, without \`id\` too: the chat as it is now, and the message as \
in an event. A chat that is deleted in the middle of an answer ends with \`error\` \`chat_deleted\` and \
\`stream_complete\`.

A client may send \`{"type":"resume","after":<id>}\`, and receives the events after that one, as far as they are \
kept. The response to an id that is not of this chat is \`{"type":"error","error":"…","code":"unknown_event_id"}\`, \
and the socket stays open. The response to \`{"type":"ping"}\`, in exactly these bytes, is \`{"type":"pong"}\`.

The close codes: 1001 when the chat is deleted; 1008 when the session ends (\`session ended\`), for a frame that is \
not JSON or of an unknown type, for more than 10 frames in one second, and for going back by \`resume\` more than 8 \
times; 1009 for a frame of more than 64 KiB; 1011 for an internal error; 1013 where the chat has 32 sockets already \
or you have 64, and after 8 MiB: a socket sends at most a mebibyte a second, because the server cannot see whether \
you read it. After any code but 1001 and \`session ended\`, get another ticket, connect, and resume.`;

const NewTicket = z
  .strictObject({
    chat_id: Id.nullish().openapi({
      description: "Without it, the ticket opens a socket of the AI SDK for all chats.",
    }),
  })
  .openapi("NewTicket", { example: { chat_id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10" } });

const Ticket = onDemand(() =>
  z
    .object({
      ticket: z.string().openapi({ example: "q0hEJx4m5mFlzKx7s3nYb0c1uJm2vT8wQe6RrZy9AaU" }),
      expires_in: z.int().openapi({ description: "Seconds.", example: TICKET_TTL_SECONDS }),
    })
    .openapi("Ticket"),
);

const issue = route({
  method: "post",
  path: "/ws/tickets",
  operationId: "createSocketTicket",
  tags,
  summary: "Get a ticket for a live socket",
  description:
    "Opens one socket, once, within a minute: of this chat (`GET /chats/{id}/ws`), or of the AI SDK (`GET /ai-sdk/ws`), which then carries this chat alone, or all chats where none is named.",
  request: { body: optionalJsonBody(NewTicket) },
  problems: ["not_found"],
  responses: { 201: json(Ticket, "The ticket.") },
});

/** The frames of both directions. */
const FRAME: object = {
  content: {
    "application/json": {
      schema: {
        anyOf: [
          { $ref: "#/components/schemas/ServerFrame" },
          { $ref: "#/components/schemas/ClientFrame" },
        ],
      },
    },
  },
};

const connect = route({
  method: "get",
  path: "/chats/{id}/ws",
  operationId: "openSocket",
  open: true,
  tags,
  summary: "Open a live socket",
  description: FRAMES,
  request: {
    params: ById,
    query: z.object({
      ticket: z
        .string()
        .optional()
        .openapi({ description: "The credential, in place of a token." }),
    }),
  },
  problems: [
    "upgrade_required",
    "origin_not_allowed",
    "invalid_token",
    "database_unavailable",
    "room_unavailable",
  ],
  responses: { 101: { description: "The connection is a WebSocket from here on.", ...FRAME } },
});

/** Mounted after the sign-in line. */
export const ticketRoutes = createRouter().openapi(issue, async (c) => {
  const { db, clock, newId } = c.get("deps");
  const { chat_id: chatId } = c.req.valid("json");
  const ticket = newSecret();
  await insertTicket(db, c.get("principal"), {
    id: newId(),
    ticket,
    chatId: chatId ?? null,
    now: clock(),
  });
  return c.json({ ticket, expires_in: TICKET_TTL_SECONDS }, 201);
});

/** The ticket is the credential, so this is mounted before the sign-in line. */
export const socketRoutes = createRouter().openapi(connect, async (c) => {
  requireUpgrade(c);
  const { id: chatId } = c.req.valid("param");
  const { ticket } = c.req.valid("query");
  const { db, clock, newId } = c.get("deps");
  const use = ticket ? { rowId: newId(), chatId, ticket, now: clock() } : undefined;
  const key = use && (await takeTicket(db, use));
  if (!key) throw new Problem("invalid_token");
  const isRefused = key === "too_many";
  const webSocket = isRefused
    ? createClosedSocket(closings.tooManySockets)
    : await openSocket(c, chatId, key);
  return new Response(null, { status: 101, webSocket });
});

async function openSocket(
  c: Context<App>,
  chatId: string,
  key: SocketKey,
): Promise<WebSocket | null> {
  try {
    const room = c.env.CHAT_ROOM.getByName(chatId);
    return (await roomCall(() => room.fetch(toSocketRequest(key)))).webSocket;
  } catch (error) {
    const { db, clock } = c.get("deps");
    c.executionCtx.waitUntil(saveSocketClosed(db, key, clock()).catch(logNotSaved));
    throw new Problem("room_unavailable", { cause: error });
  }
}

function logNotSaved(error: unknown): void {
  logError("socket_not_saved", { cause: nameOf(error) });
}
