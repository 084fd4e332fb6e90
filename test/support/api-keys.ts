/** API keys of the tests. */
import { expect } from "vitest";
import { type Body, bearer, type Client, type SignedIn, workerUrl } from "./client.ts";

export type KeyClient = Client & { key: string; id: string; created: Body };

type KeyOptions = { expires_at?: string; budget?: object; baseUrl?: string };

/** A client with a new API key of the user. */
export async function newApiKey(
  of: SignedIn,
  scopes: readonly string[] = ["chat", "files", "usage", "read"],
  { expires_at, budget, baseUrl = workerUrl }: KeyOptions = {},
): Promise<KeyClient> {
  const body = {
    name: "A program",
    scopes,
    password: of.password,
    ...(expires_at && { expires_at }),
    ...(budget && { budget }),
  };
  const { status, body: created } = await of.post("/auth/keys", body);
  expect(status, JSON.stringify(created)).toBe(201);
  return { ...bearer(created.key, baseUrl), key: created.key, id: created.id, created };
}
