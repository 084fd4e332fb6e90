/** Refusals in OpenAI's format. */
import type { ServerResponse } from "node:http";
import { sendJson } from "../http-server.ts";
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

/** A provider's error quotes what it was sent, which is why none of it may reach a client. */
export function sendScriptedError(response: ServerResponse, script: Script): void {
  const { errorStatus = 500, errorBody, retryAfterSeconds } = script;
  if (retryAfterSeconds !== undefined) response.setHeader("retry-after", retryAfterSeconds);
  if (errorBody !== undefined) return sendJson(response, errorStatus, errorBody);
  sendError(response, errorStatus, "Upstream detail that nobody but the log may see.");
}
