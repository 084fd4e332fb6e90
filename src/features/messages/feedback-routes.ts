/** Routes of feedback on answers. */
import { ById } from "../../http/fields.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { toIso } from "../../lib/clock.ts";
import { encodeCursor } from "../../lib/cursor.ts";
import { deleteFeedback, listFeedback, putFeedback } from "./feedback.ts";
import { Feedback, FeedbackList, FeedbackQuery, NewFeedback } from "./schemas.ts";

const tags = ["Messages"];

const list = route({
  method: "get",
  path: "/chats/{id}/feedback",
  operationId: "listFeedback",
  scope: "chat",
  tags,
  summary: "List your feedback on the answers of a chat",
  description: "Newest first, on all branches. Changing feedback leaves it where it is.",
  request: { params: ById, query: FeedbackQuery },
  responses: { 200: json(FeedbackList, "A page of feedback.") },
});

const rate = route({
  method: "put",
  path: "/messages/{id}/feedback",
  operationId: "rateAnswer",
  scope: "chat",
  tags,
  summary: "Rate an answer",
  description: "Stores the feedback, replacing earlier feedback on the same answer.",
  request: { params: ById, body: jsonBody(NewFeedback) },
  problems: ["not_an_answer"],
  responses: { 200: json(Feedback, "The stored feedback.") },
});

const unrate = route({
  method: "delete",
  path: "/messages/{id}/feedback",
  operationId: "deleteFeedback",
  scope: "chat",
  tags,
  summary: "Delete the feedback on an answer",
  description: "Succeeds also where there is none.",
  request: { params: ById },
  responses: { 204: { description: "The answer has no feedback." } },
});

export const feedbackRoutes = createRouter()
  .openapi(list, async (c) => {
    const { limit, cursor } = c.req.valid("query");
    const { db } = c.get("deps");
    const { id } = c.req.valid("param");
    const found = await listFeedback(db, c.get("principal").userId, id, { limit, cursor });
    const feedback = found.slice(0, limit);
    const last = found.length > limit ? feedback.at(-1) : undefined;
    const next_cursor = last ? encodeCursor([last.created_at, last.message_id]) : null;
    return c.json({ feedback, next_cursor }, 200);
  })
  .openapi(rate, async (c) => {
    const { db, clock } = c.get("deps");
    const { id } = c.req.valid("param");
    const at = toIso(new Date(clock()));
    const feedback = c.req.valid("json");
    return c.json(await putFeedback(db, c.get("principal").userId, id, feedback, at), 200);
  })
  .openapi(unrate, async (c) => {
    const { id } = c.req.valid("param");
    await deleteFeedback(c.get("deps").db, c.get("principal").userId, id);
    return c.body(null, 204);
  });
