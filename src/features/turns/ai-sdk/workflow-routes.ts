/** The AI SDK's transport for workflows: it asks for what follows the chunks that it has received. */
import { encodeUtf8 } from "../../../lib/bytes.ts";
import { createRouter, jsonBody, route, textHeader } from "../../../http/router.ts";
import { isStorable } from "../../../lib/storable-text.ts";
import { replayStream } from "../replay.ts";
import { turnProblems } from "../turn-problems.ts";
import type { Wire } from "../wire/wires.ts";
import { readUntypedChatBody } from "./chat-body.ts";
import { findRun } from "./position.ts";
import { UI_STREAM_HEADERS, uiStream, uploadProblems } from "./routes.ts";
import { ByClientId, StartIndex, WorkflowRequest } from "./schemas.ts";
import { sendConversation } from "./send.ts";

const tags = ["AI SDK"];

const RUN_ID = "x-workflow-run-id";
const TAIL_INDEX = "x-workflow-stream-tail-index";

/** What the client gets where nothing has run: it asks again, without a pause, until there is a `finish`. */
const NOTHING = encodeUtf8('data: {"type":"finish"}\n\ndata: [DONE]\n\n');

const send = route({
  method: "post",
  path: "/ai-sdk/workflow",
  operationId: "sendToWorkflow",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Send a conversation by the transport for workflows",
  description:
    "For `WorkflowChatTransport` of `@ai-sdk/workflow`, as `POST /ai-sdk/chat`. Without `id`, the messages before the last one say which chat it is; the first message of a new chat needs none.",
  readBody: readUntypedChatBody,
  request: { body: jsonBody(WorkflowRequest) },
  problems: [...turnProblems, ...uploadProblems, "not_found"],
  responses: {
    200: { ...uiStream, headers: { [RUN_ID]: textHeader("The id of the answer.") } },
  },
});

const resume = route({
  method: "get",
  path: "/ai-sdk/workflow/{id}/stream",
  operationId: "resumeWorkflow",
  scope: "chat",
  tags,
  summary: "Resume a stream at a chunk",
  description:
    "The answer with this id, or the last one of the chat with this id, from the chunk `startIndex` on, while it runs and for ten minutes after. A negative `startIndex` is served from the first chunk, and the header says so: without its start, a part could not be shown.",
  request: { params: ByClientId, query: StartIndex },
  problems: ["too_many_subscribers", "room_unavailable", "unknown_event_id"],
  responses: {
    200: {
      ...uiStream,
      headers: {
        [TAIL_INDEX]: textHeader("For a negative `startIndex`: from where the client counts."),
      },
    },
  },
});

const toWire = (from: number): Wire => ({ name: "ai-sdk", from, asksForRest: true });

export const workflowRoutes = createRouter()
  .openapi(send, async (c) => {
    const { ids, stream } = await sendConversation(c, c.req.valid("json"), toWire(0));
    return new Response(stream, { headers: { ...UI_STREAM_HEADERS, [RUN_ID]: ids.answerId } });
  })
  .openapi(resume, async (c) => {
    const { id } = c.req.valid("param");
    const { startIndex } = c.req.valid("query");
    const { userId } = c.get("principal");
    const headers = {
      ...UI_STREAM_HEADERS,
      ...(startIndex < 0 && { [TAIL_INDEX]: String(-startIndex - 1) }),
    };
    const ids = isStorable(id) ? await findRun(c.get("deps").db, userId, id) : undefined;
    if (!ids) return new Response(NOTHING, { headers });
    const stream = await replayStream(c, ids, toWire(Math.max(0, startIndex)));
    if (c.req.method !== "HEAD") return new Response(stream, { headers });
    await stream.cancel();
    return new Response(null, { headers });
  });
