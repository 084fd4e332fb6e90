/** The routes that clients of OpenAI's API call: its models and chat completions. */
import { z } from "@hono/zod-openapi";
import type { Shown } from "../../http/on-demand.ts";
import { content, createRouter, json, jsonBody, route } from "../../http/router.ts";
import type { Model } from "../../lib/models.ts";
import { Problem } from "../../lib/problem.ts";
import { listOffered } from "../models/offered.ts";
import { complete } from "./complete.ts";
import { LARGEST_BODY_BYTES, openAiProblems } from "./problems.ts";
import {
  ByModel,
  ChatCompletion,
  CompletionRequest,
  OpenAiModel,
  OpenAiModels,
} from "./schemas.ts";

const tags = ["OpenAI"];

const listModels = route({
  method: "get",
  path: "/v1/models",
  operationId: "listOpenaiModels",
  scope: "chat",
  tags,
  summary: "List the models, in the format of OpenAI",
  description: "Their limits and prices are in `GET /models`.",
  responses: { 200: json(OpenAiModels, "The models of the configured providers.") },
});

const getModel = route({
  method: "get",
  path: "/v1/models/{model}",
  operationId: "getOpenaiModel",
  scope: "chat",
  tags,
  summary: "Get a model, in the format of OpenAI",
  description: "By its name, as `GET /v1/models` lists it.",
  request: { params: ByModel },
  problems: ["model_not_found"],
  responses: { 200: json(OpenAiModel, "The model.") },
});

const createCompletion = route({
  method: "post",
  path: "/v1/chat/completions",
  operationId: "createChatCompletion",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Answer a conversation, in the format of OpenAI",
  description:
    "The messages become a chat that is in no list; the answer is generated, verified and billed like any other, and goes on if the client disconnects. A request with `x-stainless-retry-count`, as OpenAI's clients repeat one after a failure of the connection, gets the answer of the same request within ten minutes, unless that failed. Errors have the member `error` besides those of every problem.",
  keyed: true,
  largestBodyBytes: LARGEST_BODY_BYTES,
  request: { body: jsonBody(CompletionRequest) },
  problems: openAiProblems,
  responses: {
    200: {
      description:
        "The completion; with `stream`, its chunks as server-sent events, then `[DONE]`. A stream that fails ends with an event that has `error`, and without `[DONE]`.",
      content: {
        "application/json": content(ChatCompletion),
        "text/event-stream": { schema: z.string() },
      },
    },
  },
});

export const openAiRoutes = createRouter()
  .openapi(listModels, (c) => {
    const { config, model: client } = c.get("deps");
    const data = listOffered(config, client).map(toOpenAiModel);
    return c.json({ object: "list" as const, data }, 200);
  })
  .openapi(getModel, (c) => {
    const { config, model: client } = c.get("deps");
    const { model: name } = c.req.valid("param");
    const found = listOffered(config, client).find((model) => model.name === name);
    if (!found) throw new Problem("model_not_found");
    return c.json(toOpenAiModel(found), 200);
  })
  .openapi(createCompletion, async (c) => complete(c, c.req.valid("json")));

function toOpenAiModel({ name, provider }: Model): Shown<typeof OpenAiModel> {
  return { id: name, object: "model", created: 0, owned_by: provider };
}
