/** The routes of OpenAI's Responses API. A response is an answer, and its stream the log of its turn. */
import { z } from "@hono/zod-openapi";
import type { Context } from "hono";
import { SSE_HEADERS } from "../../http/event-stream.ts";
import { type App, content, createRouter, json, jsonBody, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { Problem } from "../../lib/problem.ts";
import { deleteChat } from "../chats/queries.ts";
import { eraseNow } from "../deletion/erase-now.ts";
import { replayStream } from "../turns/replay.ts";
import { stopAnswer } from "../turns/stop.ts";
import { responseId } from "../turns/wire/response-object.ts";
import type { ResponsesWire } from "../turns/wire/responses.ts";
import { LARGEST_BODY_BYTES, openAiProblems } from "./problems.ts";
import { getResponse, type StoredResponse } from "./response-queries.ts";
import {
  ByResponse,
  DeletedResponse,
  ReadResponse,
  ResponseObject,
  ResponseRequest,
} from "./response-schemas.ts";
import { answerIdOf, toStored } from "./response-shapes.ts";
import { respond } from "./respond.ts";

const tags = ["OpenAI"];

const EVENTS =
  "The response; as a stream, its events, each with a `sequence_number` that counts from 0, and `[DONE]`. `response.completed`, `response.incomplete` or `response.failed` is the last event.";

const responseOrEvents = {
  description: EVENTS,
  content: {
    "application/json": content(ResponseObject),
    "text/event-stream": { schema: z.string() },
  },
};

const create = route({
  method: "post",
  path: "/v1/responses",
  operationId: "createResponse",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Answer an input, in the format of OpenAI's responses",
  description:
    "The answer is generated, verified and billed like any other, and goes on if the client disconnects: read it by its id, as JSON or from any event of its stream.",
  keyed: true,
  largestBodyBytes: LARGEST_BODY_BYTES,
  request: { body: jsonBody(ResponseRequest) },
  problems: openAiProblems,
  responses: { 200: responseOrEvents },
});

const read = route({
  method: "get",
  path: "/v1/responses/{id}",
  operationId: "getResponse",
  scope: "chat",
  tags,
  summary: "Get a response, or the rest of its stream",
  description: "With `stream=true` its events after `starting_after`, and then those that follow.",
  request: { params: ByResponse, query: ReadResponse },
  problems: ["too_many_subscribers", "room_unavailable"],
  responses: { 200: responseOrEvents },
});

const cancel = route({
  method: "post",
  path: "/v1/responses/{id}/cancel",
  operationId: "cancelResponse",
  scope: "chat",
  tags,
  summary: "Stop a response",
  description: "Its text so far is kept. A response that has ended stays as it is.",
  request: { params: ByResponse },
  problems: ["room_unavailable"],
  responses: { 200: json(ResponseObject, "The response as it stands.") },
});

const remove = route({
  method: "delete",
  path: "/v1/responses/{id}",
  operationId: "deleteResponse",
  scope: "chat",
  tags,
  summary: "Delete a response and its conversation",
  description:
    "Deletes the whole conversation, with the responses above and below. One in a chat of the list is deleted with its chat.",
  request: { params: ByResponse },
  problems: ["response_in_chat"],
  responses: { 200: json(DeletedResponse, "The response was deleted.") },
});

export const responseRoutes = createRouter()
  .openapi(create, async (c) => respond(c, c.req.valid("json")))
  .openapi(read, async (c) => {
    const found = await find(c, c.req.valid("param").id);
    const { stream, starting_after: after } = c.req.valid("query");
    if (stream !== "true") return c.json(toStored(found), 200);
    const wire = wireOf(found, after === undefined ? 0 : Number(after) + 1);
    const { answer, userMessageId } = found;
    const ids = { chatId: answer.chat_id, userMessageId, answerId: answer.id };
    return new Response(await replayStream(c, ids, wire), { headers: SSE_HEADERS });
  })
  .openapi(cancel, async (c) => {
    const found = await find(c, c.req.valid("param").id);
    const answer = await stopAnswer(c, found.answer.chat_id, found.answer.id);
    return c.json(toStored({ ...found, answer: answer ?? found.answer }), 200);
  })
  .openapi(remove, async (c) => {
    const { answer, isUnlisted } = await find(c, c.req.valid("param").id);
    if (!isUnlisted) throw new Problem("response_in_chat");
    const { db, clock } = c.get("deps");
    await deleteChat(db, c.get("principal").userId, answer.chat_id, toIso(new Date(clock())));
    await eraseNow(c, [{ kind: "room", target: answer.chat_id }]);
    const deleted = { object: "response" as const, deleted: true as const };
    return c.json({ id: responseId(answer.id), ...deleted }, 200);
  });

function find(c: Context<App>, id: string): Promise<StoredResponse> {
  return getResponse(c.get("deps").db, c.get("principal").userId, answerIdOf(id));
}

function wireOf({ answer, isKept }: StoredResponse, from: number): ResponsesWire {
  const { model } = answer.metadata;
  const name = typeof model === "string" ? model : "unknown";
  return { name: "responses", model: name, background: false, store: isKept, from };
}
