/** Requests with an `Idempotency-Key`. */
import { type SignedIn, workerUrl } from "./client.ts";

/** A key that no other test has. */
export function newKey(): string {
  return `key-${crypto.randomUUID()}`;
}

export function withKey(key: string): Record<string, string> {
  return { "idempotency-key": key };
}

/** True where the answer says that an earlier request did it. */
export function isReplayed({ headers }: { headers: Headers }): boolean {
  return headers.get("idempotent-replayed") === "true";
}

/** A send whose answer is read by the test itself, at this Worker or at another one. */
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

/** The same thing so many times at once. */
export function atOnce<T>(count: number, act: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: count }, act));
}
