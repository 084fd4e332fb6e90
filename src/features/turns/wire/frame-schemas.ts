/** The frames of a live socket, as the OpenAPI document shows them. */
import { z } from "@hono/zod-openapi";
import { ShownId } from "../../../http/fields.ts";
import { Chat } from "../../chats/schemas.ts";
import { ShownMessage } from "../../messages/schemas.ts";
import { TurnEvent } from "./events.ts";

/** A frame of the client, as the OpenAPI document shows it. */
export const ClientFrame = z
  .discriminatedUnion("type", [
    z.object({ type: z.literal("ping") }).openapi("PingFrame"),
    z
      .object({
        type: z.literal("resume"),
        after: z.int().openapi({ description: "The id of the last event that you have received." }),
      })
      .openapi("ResumeFrame"),
  ])
  .openapi("ClientFrame", { description: "What a client may send over a live socket, as JSON." });

const FileStatusFrame = z
  .object({
    type: z.literal("file_status"),
    file_id: ShownId,
    status: z.enum(["processing", "ready", "failed"]),
    failure: z.object({ code: z.string(), detail: z.string() }).nullable(),
  })
  .openapi("FileStatusFrame", { description: "The ingestion of a file of the chat has changed." });

const ChatUpdatedFrame = z
  .object({ type: z.literal("chat_updated"), chat: Chat(), message: ShownMessage().optional() })
  .openapi("ChatUpdatedFrame", {
    description: "The chat as it is now, and a message that was stored in it without an answer.",
  });

const PongFrame = z.object({ type: z.literal("pong") }).openapi("PongFrame");

const EventFrame = z
  .intersection(
    TurnEvent(),
    z.object({
      id: z.int().optional().openapi({
        description: "To resume after; absent in the response to an unknown id.",
      }),
    }),
  )
  .openapi("EventFrame", { description: "An event of a turn." });

/** A frame of the server, as the OpenAPI document shows it: the events of turns, and changes of the chat. */
export const ServerFrame = z
  .union([EventFrame, FileStatusFrame, ChatUpdatedFrame, PongFrame])
  .openapi("ServerFrame", { description: "What a live socket sends, as JSON." });
