/** Calls whose response is more than its JSON: its headers, or bytes to keep. */
import { toApiError } from "../../clients/ts/src/problem.ts";
import { send } from "./send.ts";

/** The response to a request that has succeeded. Rejects with an `ApiError`, or as `fetch` does. */
export async function request(path: string, init: RequestInit = {}): Promise<Response> {
  const response = await send(path, { credentials: "same-origin", ...init });
  if (!response.ok) throw await toApiError(response);
  return response;
}

/** The same with a JSON body. */
export function requestJson(method: string, path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return request(path, { method, headers, body: JSON.stringify(body) });
}
