/** Creates a chat once, though the response that it exists may be lost. */
import { ApiError } from "../../clients/ts/src/index.ts";
import { api, type Schemas } from "../api/client.ts";
import { isProblem } from "../api/problems.ts";

/** The key of an attempt that may have created a chat without saying so: the next one finds it. */
let unansweredKey: string | undefined;

/** The new chat, or that of such an attempt. Rejects as the API does. */
export async function createChat(): Promise<Schemas["Chat"]> {
  const earlier = unansweredKey;
  unansweredKey = undefined;
  const key = earlier ?? crypto.randomUUID();
  try {
    return await api.post("/chats", { headers: { "idempotency-key": key } });
  } catch (error) {
    // What the earlier attempt created was deleted since.
    if (earlier !== undefined && isProblem(error, "not_found")) return createChat();
    const isRefused = error instanceof ApiError && error.status < 500;
    if (!isRefused) unansweredKey = key;
    throw error;
  }
}
