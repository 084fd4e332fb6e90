/** The AI SDK's `WebSocketChatTransport`. */
import { z } from "@hono/zod-openapi";
import type { MiddlewareHandler } from "hono";
import { type App, createRouter, route } from "../../../http/router.ts";
import { Problem } from "../../../lib/problem.ts";
import { requireUpgrade } from "../live/require-upgrade.ts";
import { takeTicketToSignIn } from "../store/tickets.ts";
import { ChatSocket } from "./chat-socket.ts";

/** Selected where the client offers it, because a browser refuses a socket that selects none of its own. */
const SUBPROTOCOL = "ai-sdk";

const connect = route({
  method: "get",
  path: "/ai-sdk/ws",
  operationId: "openConversationSocket",
  scope: "chat",
  tags: ["AI SDK"],
  summary: "Open a socket of the AI SDK",
  description:
    'For `WebSocketChatTransport` of the AI SDK 7: one socket for all chats. It signs in by cookie, by an `Authorization` header, or in a browser by the subprotocols `["ai-sdk", "bearer.TOKEN"]` or by `ticket`. A request that is aborted leaves its answer running; a request for a running answer gets it from its start. A socket takes 10 frames in one second, 16 requests at once and 200 in all, frames of up to 8 MiB, and sends at most a mebibyte a second and 16 MiB in all. It closes with 1008 when the session ends, for a frame that is not of the protocol, and beyond these numbers; with 1009 for a longer frame, and with 1013 after 16 MiB.',
  request: {
    query: z.object({
      ticket: z.string().optional().openapi({
        description:
          "From `POST /ws/tickets`, in place of a token. One of a chat opens a socket of that chat alone.",
      }),
    }),
  },
  problems: ["upgrade_required", "origin_not_allowed", "invalid_token"],
  responses: { 101: { description: "The connection is a WebSocket from here on." } },
});

/** Signs in by a ticket, where there is one. Mounted before the sign-in line. Throws `invalid_token`. */
export const signInByTicket: MiddlewareHandler<App> = async function signInByTicket(c, next) {
  const ticket = c.req.query("ticket");
  if (ticket === undefined) return next();
  requireUpgrade(c);
  const { db, clock, newId } = c.get("deps");
  const signedIn = await takeTicketToSignIn(db, { rowId: newId(), ticket, now: clock() });
  if (!signedIn) throw new Problem("invalid_token");
  c.set("principal", { ...signedIn, via: "ticket" });
  return next();
};

export const chatSocketRoutes = createRouter().openapi(connect, (c) => {
  requireUpgrade(c);
  const principal = c.get("principal");
  if (principal.via === "key" && !principal.scopes.includes("chat")) {
    throw new Problem("insufficient_scope", { members: { scope: "chat" } });
  }
  const { 0: client, 1: server } = new WebSocketPair();
  server.accept();
  void new ChatSocket(server, c);
  const offered = (c.req.header("sec-websocket-protocol") ?? "").split(",");
  const isOffered = offered.some((one) => one.trim() === SUBPROTOCOL);
  const headers = isOffered ? { "sec-websocket-protocol": SUBPROTOCOL } : {};
  return new Response(null, { status: 101, webSocket: client, headers });
});
