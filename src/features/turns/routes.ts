/** Sending a user message, and receiving its answer. */
import { ById } from "../../http/fields.ts";
import {
  content,
  createRouter,
  json,
  jsonBody,
  optionalJsonBody,
  route,
} from "../../http/router.ts";
import { DEFAULT_TITLE } from "../chats/schemas.ts";
import { Message } from "../messages/schemas.ts";
import { readTurn } from "./read.ts";
import {
  AttachAfter,
  LastEventId,
  ReadFrom,
  Regenerate,
  SendInChat,
  SendMessage,
  Stop,
  TurnResponse,
} from "./schemas.ts";
import { appendTarget, editUserMessage, regenerateAnswer, startTurn } from "./ask.ts";
import { stopAnswer } from "./stop.ts";
import { turnProblems } from "./turn-problems.ts";
import { SSE_HEADERS } from "../../http/event-stream.ts";
import { TurnEvent } from "./wire/events.ts";
import { STREAM_EXAMPLE } from "./wire/stream-example.ts";

const tags = ["Answers"];

/** What the stream holds is said once, with the tag of these operations. */
const EVENTS =
  "Server-sent events, as the tag `Answers` describes them. The schema is that of one event's data.";

/** The schema is that of one event's data, which generated clients expect; the example has the whole stream beside it. */
const eventContent = content(TurnEvent, {
  examples: { stream: { $ref: "#/components/examples/TurnStream" } },
});

const eventStream = {
  description: EVENTS,
  content: { "text/event-stream": eventContent },
};

const turnResponse = {
  description: `The answer, once it is complete. Or: ${EVENTS}`,
  content: {
    "application/json": content(TurnResponse),
    "text/event-stream": eventContent,
  },
};

const send = route({
  method: "post",
  path: "/chat",
  operationId: "sendMessage",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Send a user message",
  description: "Without `chat_id` a chat is created, with a title made from the user message.",
  keyed: true,
  request: { body: jsonBody(SendMessage), headers: AttachAfter },
  problems: [...turnProblems, "not_found", "ambiguous_event_id"],
  responses: { 200: turnResponse },
});

const sendInChat = route({
  method: "post",
  path: "/chats/{id}/messages",
  operationId: "sendMessageInChat",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Send a user message in a chat",
  description:
    "The message is added below the chat's current message. The answer streams on request.",
  keyed: true,
  request: { params: ById, body: jsonBody(SendInChat), headers: AttachAfter },
  problems: turnProblems,
  responses: { 200: turnResponse },
});

const sendStreaming = route({
  method: "post",
  path: "/chats/{id}/messages/stream",
  operationId: "streamMessageInChat",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Send a user message in a chat, and stream the answer",
  description: "As `POST /chats/{id}/messages`, whatever the request says of streaming.",
  keyed: true,
  request: { params: ById, body: jsonBody(SendInChat), headers: AttachAfter },
  problems: turnProblems,
  responses: { 200: eventStream },
});

const readStream = route({
  method: "get",
  path: "/chats/{id}/stream",
  operationId: "followTurn",
  scope: "chat",
  tags,
  summary: "Resume or follow a turn",
  description:
    "With `Last-Event-ID` or `after`: the events of the same turn after that one. Without: the running turn from its start. A chat has at most 64 such streams.",
  request: { params: ById, query: ReadFrom, headers: LastEventId },
  problems: ["unknown_event_id", "too_many_subscribers", "room_unavailable"],
  responses: {
    200: eventStream,
    204: { description: "No turn is running, or the turn has no further events." },
  },
});

const stop = route({
  method: "post",
  path: "/chats/{id}/stop",
  operationId: "stopAnswer",
  scope: "chat",
  tags,
  summary: "Stop an answer",
  description:
    "Stops the running answer, or only the one with `message_id`, from any device. The text so far is kept. Repeating it is safe: where no answer is running, the response is that answer, or the chat's last one, as it is stored.",
  request: { params: ById, body: optionalJsonBody(Stop) },
  problems: ["room_unavailable"],
  responses: {
    200: json(Message, "The answer as it stands."),
    204: { description: "There is no answer in this chat." },
  },
});

const regenerate = route({
  method: "post",
  path: "/messages/{id}/regenerate",
  operationId: "regenerateAnswer",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Regenerate an answer",
  description:
    "Generates another answer to the same user message. It becomes the chat's current message; the old answer stays as its sibling. The id is that of an answer, however it ended and on whichever branch, or of the user message. The events repeat the user message as `user_message`.",
  keyed: true,
  request: { params: ById, body: optionalJsonBody(Regenerate), headers: AttachAfter },
  problems: [...turnProblems, "no_question"],
  responses: { 200: turnResponse },
});

const edit = route({
  method: "patch",
  path: "/messages/{id}",
  operationId: "editMessage",
  scope: "chat",
  limit: "turns",
  tags,
  summary: "Edit a user message, and get an answer",
  description:
    "Nothing is overwritten: the edited user message becomes a sibling of the one with this id, on a new branch that the chat continues on. Only the body counts, except that the documents of the old message are kept where the body has neither `file_ids` nor the `file_url` of a file.",
  keyed: true,
  request: { params: ById, body: jsonBody(SendInChat), headers: AttachAfter },
  problems: [...turnProblems, "answer_not_editable"],
  responses: { 200: turnResponse },
});

export const turnRoutes = createRouter()
  .openapi(send, async (c) => {
    const body = c.req.valid("json");
    const chat = body.chat_id ? { chatId: body.chat_id } : { newChatTitle: DEFAULT_TITLE };
    return startTurn(c, body, () => appendTarget(c, body, chat));
  })
  .openapi(sendInChat, async (c) => {
    const [{ id: chatId }, body] = [c.req.valid("param"), c.req.valid("json")];
    return startTurn(c, body, () => appendTarget(c, body, { chatId }));
  })
  .openapi(sendStreaming, async (c) => {
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

turnRoutes.openAPIRegistry.registerComponent("examples", "TurnStream", {
  summary: "The events of a turn",
  // The schema is that of one event.
  value: STREAM_EXAMPLE.event,
  description: `\`\`\`\n${STREAM_EXAMPLE.text}\`\`\``,
});
