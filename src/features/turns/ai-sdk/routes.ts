/** The AI SDK's `useChat` over HTTP, with the transport that it has by default. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { SSE_HEADERS } from "../../../http/event-stream.ts";
import { createRouter, type App, json, jsonBody, route } from "../../../http/router.ts";
import { Problem } from "../../../lib/problem.ts";
import { isStorable } from "../../../lib/storable-text.ts";
import { Message } from "../../messages/schemas.ts";
import { readRunningTurn } from "../read.ts";
import { stopAnswer } from "../stop.ts";
import { turnProblems } from "../turn-problems.ts";
import { readChatBody } from "./chat-body.ts";
import { findChatId } from "./position.ts";
import { ByClientId, ChatRequest, UIMessage, UIMessageQuery } from "./schemas.ts";
import { sendConversation } from "./send.ts";
import { listUIMessages } from "./ui-messages.ts";

const tags = ["AI SDK"];

/** The version of the protocol, by which proxies and other servers recognise it. */
export const UI_STREAM_HEADERS = { ...SSE_HEADERS, "x-vercel-ai-ui-message-stream": "v1" };

const STREAM = `The UI message stream of the AI SDK: \`start\` with the id of the answer, \`start-step\`, reasoning and \
text in parts, \`source-document\` and \`data-citation\` of each citation, a transient \`data-title\` where the chat \
gets a title, \`finish-step\` and \`finish\` with \`status\`, \`finish_reason\`, \`model\` and \`usage\` in its metadata, \
and \`[DONE]\`. A failure is an \`error\` chunk before \`finish\`. Disconnecting does not stop the answer.`;

export const uiStream = {
  description: STREAM,
  content: { "text/event-stream": { schema: z.string() } },
};

export const uploadProblems = [
  "unsupported_file",
  "empty_file",
  "storage_unavailable",
  "storage_not_configured",
] as const;

const send = route({
  method: "post",
  path: "/ai-sdk/chat",
  operationId: "sendConversation",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Send a conversation of the AI SDK",
  description:
    "For `useChat` of the AI SDK 5, 6 and 7. A chat is created with the first message; `id` and the ids of user messages are the client's, and are kept beside ours. An answer that is running in the chat is stopped first. The same user message with the same text attaches to its answer; with another text it is edited. Failures are text, unless `Accept` names JSON.",
  readBody: readChatBody,
  request: { body: jsonBody(ChatRequest) },
  problems: [...turnProblems, ...uploadProblems, "not_found"],
  responses: { 200: uiStream },
});

const resume = route({
  method: "get",
  path: "/ai-sdk/chat/{id}/stream",
  operationId: "resumeConversation",
  scope: "chat",
  tags,
  summary: "Resume a stream of the AI SDK",
  description: "The running answer from its start.",
  request: { params: ByClientId },
  problems: ["too_many_subscribers", "room_unavailable"],
  responses: {
    200: uiStream,
    204: { description: "No answer is running, or there is no such chat yet." },
  },
});

const stop = route({
  method: "post",
  path: "/ai-sdk/chat/{id}/stop",
  operationId: "stopConversation",
  scope: "chat",
  tags,
  summary: "Stop the answer of a conversation",
  description: "Closing the stream does not stop an answer; this does. The text so far is kept.",
  request: { params: ByClientId },
  problems: ["room_unavailable"],
  responses: {
    200: json(Message, "The answer as it stands."),
    204: { description: "There is no answer in this chat." },
  },
});

const list = route({
  method: "get",
  path: "/ai-sdk/chat/{id}/messages",
  operationId: "loadConversation",
  scope: "chat",
  tags,
  summary: "Load a conversation for the AI SDK",
  description:
    "The newest messages of the active path, oldest first, for `useChat({ messages })`. A running answer is left out, because its stream brings it from its start.",
  request: { params: ByClientId, query: UIMessageQuery },
  responses: { 200: json(() => z.array(UIMessage()), "The messages.") },
});

export const aiSdkRoutes = createRouter()
  .openapi(send, async (c) => {
    const { stream } = await sendConversation(c, c.req.valid("json"), { name: "ai-sdk" });
    return new Response(stream, { headers: UI_STREAM_HEADERS });
  })
  .openapi(resume, async (c) => {
    const chatId = await chatIdOf(c, c.req.valid("param").id);
    const stream = chatId && (await readRunningTurn(c, chatId, { name: "ai-sdk" }));
    if (stream === undefined) return c.body(null, 204);
    return new Response(stream || null, { headers: UI_STREAM_HEADERS });
  })
  .openapi(stop, async (c) => {
    const chatId = await chatIdOf(c, c.req.valid("param").id);
    if (!chatId) throw new Problem("not_found");
    const answer = await stopAnswer(c, chatId, undefined);
    return answer ? c.json(answer, 200) : c.body(null, 204);
  })
  .openapi(list, async (c) => {
    const { id } = c.req.valid("param");
    if (!isStorable(id)) throw new Problem("not_found");
    const { limit } = c.req.valid("query");
    const { userId } = c.get("principal");
    return c.json(await listUIMessages(c.get("deps").db, userId, id, limit), 200);
  });

/** Our id of the chat; undefined where the user has no such chat. */
async function chatIdOf(c: Context<App>, id: string): Promise<string | undefined> {
  if (!isStorable(id)) return undefined;
  return findChatId(c.get("deps").db, c.get("principal").userId, id);
}
