/** What an API key may be allowed to do; every route names the scope that it belongs to. */
export const KEY_SCOPES = ["chat", "files", "usage", "read"] as const;

export type KeyScope = (typeof KEY_SCOPES)[number];
