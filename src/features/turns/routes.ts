/** Asking, and reading the answer while it is written. */
import { z } from "@hono/zod-openapi";
import { ById } from "../../http/fields.ts";
import { KeyHeader, keyProblems, replayedHeader } from "../../http/keyed-route.ts";
import { createRouter, json, jsonBody, route } from "../../http/router.ts";
import { type ProblemCode, providerProblems } from "../../lib/problem.ts";
import { DEFAULT_TITLE } from "../chats/schemas.ts";
import { Message } from "../messages/schemas.ts";
import { readTurn } from "./read.ts";
import {
  AnswerAgain,
  Ask,
  AskInChat,
  LastEventId,
  ReadFrom,
  Stop,
  TurnResponse,
} from "./schemas.ts";
import { appendTarget, editUserMessage, regenerateAnswer, startTurn } from "./ask.ts";
import { stopAnswer } from "./stop.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";

const tags = ["Answers"];

const EVENTS = `Server-sent events, in this order: \`user_message\`, \`ai_message_start\`, any number of \
\`reasoning_delta\` and \`content_delta\`, \`citations\` and \`error\` where there are any, \`ai_message_complete\`, \`chat_name\` where \
the chat was given a title, and \`stream_complete\`, always and last. Each has an \`id\` to resume from and \
one line of JSON that repeats its \`type\`. The name of an \`error\` event is \`turn_error\`, because a browser's \
\`EventSource\` reserves \`error\` for failures of the connection. The \`content\` of \`reasoning_delta\` is what the model thinks before it \
answers, and no part of the answer. A \`citations\` event holds some of the answer's, each a \`Citation\`; a \
quote that is too long for an event is null there, with its \`quote_length\`. Leaving does not stop the answer.

An answer about documents that are still being read waits for them, two minutes at most; it then ends with the \
error \`file_not_ready\`, or with \`file_failed\` where one of them cannot be read.`;

const eventStream = {
  description: EVENTS,
  content: { "text/event-stream": { schema: z.string() } },
};

const turnResponse = {
  description: `The answer, once it is complete. ${EVENTS}`,
  content: {
    "application/json": { schema: TurnResponse },
    "text/event-stream": { schema: z.string() },
  },
};

const problems: ProblemCode[] = [
  ...keyProblems,
  "turn_in_progress",
  "file_failed",
  "file_processing",
  "file_not_ready",
  "unknown_model",
  "reserved_key",
  "too_many_subscribers",
  ...providerProblems,
  "ai_empty",
  "ai_length",
  "turn_interrupted",
  "room_unavailable",
  "save_delayed",
];

const ask = route({
  method: "post",
  path: "/chat",
  tags,
  summary: "Ask, and get an answer",
  description: "Without `chat_id` a chat is created, and named after the question.",
  request: { headers: KeyHeader, body: jsonBody(Ask) },
  problems: [...problems, "not_found"],
  responses: { 200: { ...turnResponse, headers: replayedHeader } },
});

const askInChat = route({
  method: "post",
  path: "/chats/{id}/messages",
  tags,
  summary: "Ask in a chat",
  request: { params: ById, headers: KeyHeader, body: jsonBody(AskInChat) },
  problems,
  responses: { 200: { ...turnResponse, headers: replayedHeader } },
});

const askStreaming = route({
  method: "post",
  path: "/chats/{id}/messages/stream",
  tags,
  summary: "Ask in a chat, and read the answer as it is written",
  request: { params: ById, headers: KeyHeader, body: jsonBody(AskInChat) },
  problems,
  responses: { 200: { ...eventStream, headers: replayedHeader } },
});

const readStream = route({
  method: "get",
  path: "/chats/{id}/stream",
  tags,
  summary: "Read a turn from anywhere",
  description:
    "With `Last-Event-ID` or `after`: the rest of the turn that holds that event. Without: the running turn from its start. A chat has 64 such streams at most.",
  request: { params: ById, query: ReadFrom, headers: LastEventId },
  problems: ["unknown_event_id", "too_many_subscribers", "room_unavailable"],
  responses: { 200: eventStream, 204: { description: "Nothing is running, or nothing is left." } },
});

const stop = route({
  method: "post",
  path: "/chats/{id}/stop",
  tags,
  summary: "Stop an answer",
  description:
    "From any device, as often as you like: the running answer, or only the one that is named. What was written so far is kept. Where nothing is running, the answer named or the last one comes back as it is.",
  request: { params: ById, body: jsonBody(Stop) },
  problems: ["room_unavailable"],
  responses: {
    200: json(Message, "The answer as it stands."),
    204: { description: "There is no answer in this chat." },
  },
});

const regenerate = route({
  method: "post",
  path: "/messages/{id}/regenerate",
  tags,
  summary: "Have another answer to the same question",
  description:
    "The new answer stands beside the old one, which stays, and becomes the chat's current message. The id is the answer's, however it ended and on whichever branch; with the id of a question, that one is answered anew. The events repeat the question as `user_message`.",
  request: { params: ById, headers: KeyHeader, body: jsonBody(AnswerAgain) },
  problems: [...problems, "no_question"],
  responses: { 200: { ...turnResponse, headers: replayedHeader } },
});

const edit = route({
  method: "patch",
  path: "/messages/{id}",
  tags,
  summary: "Edit a question, and have it answered",
  description:
    "Nothing is overwritten: the edited question stands beside the one that is named, on a branch of its own that the chat goes on with. It is what the body says; only its documents, where neither `file_ids` nor the address of one is given, are taken over.",
  request: { params: ById, headers: KeyHeader, body: jsonBody(AskInChat) },
  problems: [...problems, "answer_not_editable"],
  responses: { 200: { ...turnResponse, headers: replayedHeader } },
});

export const turnRoutes = createRouter()
  .openapi(ask, async (c) => {
    const body = c.req.valid("json");
    const chat = body.chat_id ? { chatId: body.chat_id } : { newChatTitle: DEFAULT_TITLE };
    return startTurn(c, body, () => appendTarget(c, body, chat));
  })
  .openapi(askInChat, async (c) => {
    const [{ id: chatId }, body] = [c.req.valid("param"), c.req.valid("json")];
    return startTurn(c, body, () => appendTarget(c, body, { chatId }));
  })
  .openapi(askStreaming, async (c) => {
    const [{ id: chatId }, body] = [c.req.valid("param"), c.req.valid("json")];
    return startTurn(c, body, () => appendTarget(c, body, { chatId }), true);
  })
  .openapi(readStream, async (c) => {
    const after = c.req.valid("header")["last-event-id"] ?? c.req.valid("query").after;
    const stream = await readTurn(c, c.req.valid("param").id, after);
    if (stream === undefined) return c.body(null, 204);
    return new Response(stream, { headers: SSE_HEADERS });
  })
  .openapi(stop, async (c) => {
    const { message_id: messageId } = c.req.valid("json");
    const answer = await stopAnswer(c, c.req.valid("param").id, messageId ?? undefined);
    return answer ? c.json(answer, 200) : c.body(null, 204);
  })
  .openapi(regenerate, async (c) =>
    regenerateAnswer(c, c.req.valid("param").id, c.req.valid("json")),
  )
  .openapi(edit, async (c) => editUserMessage(c, c.req.valid("param").id, c.req.valid("json")));
