import type { KeyScope } from "./key-scopes.ts";

/** The authenticated user of a request, by a session, by its ticket for a socket, or by an API key. */
export type Principal = {
  userId: string;
  /** Of a key, its id: its streams end with the key as those of a session do with the session. */
  sessionId: string;
} & (
  | { via: "bearer" | "cookie" }
  | { via: "key"; scopes: readonly KeyScope[] }
  /** `chatId`: the only chat that the socket may name; null for all of the user. */
  | { via: "ticket"; chatId: string | null }
);

/** The id of the API key that a request is made with; undefined for a session. */
export function keyIdOf(principal: Principal): string | undefined {
  return principal.via === "key" ? principal.sessionId : undefined;
}
