/** Other answers and other questions: branches of a chat. */
import { ById } from "../../http/fields.ts";
import { KeyHeader, replayedHeader } from "../../http/keyed-route.ts";
import { createRouter, jsonBody, route } from "../../http/router.ts";
import { answerAgain, editQuestion } from "./branch.ts";
import { problems, turnAnswer } from "./routes.ts";
import { AnswerAgain, AskInChat } from "./schemas.ts";

const tags = ["Answers"];

const regenerate = route({
  method: "post",
  path: "/messages/{id}/regenerate",
  tags,
  summary: "Have another answer to the same question",
  description:
    "The new answer stands beside the old one, which stays, and becomes the chat's current message. The id is the answer's, however it ended and on whichever branch; with the id of a question, that one is answered anew. The events repeat the question as `user_message`.",
  request: { params: ById, headers: KeyHeader, body: jsonBody(AnswerAgain) },
  problems: [...problems, "no_question"],
  responses: { 200: { ...turnAnswer, headers: replayedHeader } },
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
  responses: { 200: { ...turnAnswer, headers: replayedHeader } },
});

export const branchRoutes = createRouter()
  .openapi(regenerate, async (c) => answerAgain(c, c.req.valid("param").id, c.req.valid("json")))
  .openapi(edit, async (c) => editQuestion(c, c.req.valid("param").id, c.req.valid("json")));
