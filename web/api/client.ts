/**
 * The API, typed by its OpenAPI document. The page signs in by cookies that no script can read; the server renews them
 * by itself, and the browser sends the page's origin with every change.
 */
import { ChatClient } from "../../clients/ts/src/index.ts";
import type { components } from "../../clients/ts/src/index.ts";
import { send } from "./send.ts";

/** The shapes of the API by name: `Schemas["Chat"]`. */
export type Schemas = components["schemas"];

export const api = new ChatClient({ baseUrl: "", credentials: "same-origin", fetch: send });
