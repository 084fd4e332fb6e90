/** Requests with an `Idempotency-Key`. */
import { type SignedIn, workerUrl } from "./client.ts";

/** A unique key. */
export function newKey(): string {
  return `key-${crypto.randomUUID()}`;
}

export function withKey(key: string): Record<string, string> {
  return { "idempotency-key": key };
}

/** True where the response says that an earlier request did it. */
export function isReplayed({ headers }: { headers: Headers }): boolean {
  return headers.get("idempotent-replayed") === "true";
}

/** A send whose response the test reads itself, at this Worker or at another one. */
export function send(
  of: SignedIn,
  path: string,
  body: object,
  key: string,
  url = workerUrl,
): Promise<Response> {
  const headers = {
    authorization: `Bearer ${of.accessToken}`,
    "content-type": "application/json",
    ...withKey(key),
  };
  return fetch(url + path, { method: "POST", headers, body: JSON.stringify(body) });
}

/** Runs an action this many times at once. */
export function atOnce<T>(count: number, act: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, act));
}
