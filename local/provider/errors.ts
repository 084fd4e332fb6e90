/** Refusals in OpenAI's format. */
import type { ServerResponse } from "node:http";
import { sendJson } from "../http-server.ts";
import type { CompletionRequest } from "./completion.ts";
import type { Script } from "./script.ts";

export function sendError(
  response: ServerResponse,
  status: number,
  message: string,
  code: string | null = null,
): void {
  const type = status < 500 ? "invalid_request_error" : "server_error";
  sendJson(response, status, { error: { message, type, param: null, code } });
}

export function sendWrongKey(response: ServerResponse): void {
  sendError(response, 401, "Incorrect API key provided.", "invalid_api_key");
}

/** A provider's error quotes its input, which is why none of it may reach a client. */
export function sendScriptedError(response: ServerResponse, script: Script): void {
  const { errorStatus = 500, errorBody, retryAfterSeconds } = script;
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
  if (errorBody !== undefined) return sendJson(response, errorStatus, errorBody);
  sendError(response, errorStatus, "Upstream detail that only the log may contain.");
}

/** Why a script refuses a request: a status and a body; undefined where it does not. */
export function refusalOf(
  { strictRoles, refuses = {} }: Script,
  request: CompletionRequest,
): { status: number; body: unknown } | undefined {
  if (strictRoles && !isStrict(request.messages)) return { status: 400, body: NOT_ALTERNATING };
  const refused = Object.keys(refuses).find((name) => name in request);
  return refused === undefined ? undefined : refuses[refused];
}

/** vLLM's message, from the chat template of a model. */
const NOT_ALTERNATING = {
  object: "error",
  message: "Conversation roles must alternate user/assistant/user/assistant/...",
  type: "BadRequestError",
  param: null,
  code: 400,
};

function isStrict(messages: CompletionRequest["messages"]): boolean {
  const said = messages[0]?.role === "system" ? messages.slice(1) : messages;
  return (
    said.length % 2 === 1 &&
    said.every(({ role }, index) => role === (index % 2 === 0 ? "user" : "assistant")) &&
    messages.every(({ content }) => content.trim() !== "")
  );
}
