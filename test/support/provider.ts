/** How a test controls the provider, and sees its requests. */
import { inject } from "vitest";
import type { SeenRequest } from "../../local/openai.ts";
import type { Script } from "../../local/provider/script.ts";
import { MARKER } from "./logs/secrets.ts";

const control = (path: string) => new URL(`/_control/${path}`, inject("providerUrl"));
const headers = { authorization: `Bearer ${inject("controlKeys").provider}` };

/** Scripts every request whose prompt contains a marker of the test's own. Returns the marker. */
export async function script(
  how: Script,
  marker = `${MARKER}${crypto.randomUUID()}`,
): Promise<string> {
  const body = JSON.stringify(how);
  await fetch(control(`scripts/${encodeURIComponent(marker)}`), { method: "PUT", headers, body });
  return marker;
}

/** Releases what `holdAfter` holds. */
export async function release(marker: string): Promise<void> {
  await fetch(control(`release/${encodeURIComponent(marker)}`), { method: "POST", headers });
}

/** The requests whose prompt contained a text, oldest first. */
export async function requestsContaining(text: string): Promise<SeenRequest[]> {
  const url = control("requests");
  url.searchParams.set("contains", text);
  return (await fetch(url, { headers })).json() as Promise<SeenRequest[]>;
}

/** The requests for an answer among them: not for a title, nor for search queries. */
export async function answersContaining(text: string): Promise<SeenRequest[]> {
  return (await requestsContaining(text)).filter(({ body }) => body.stream);
}

/**
 * An answer just below the limit of a mebibyte, of characters that JSON writes as six bytes: more than the
 * network buffers for a client that reads nothing.
 */
export function wideTokens(): string[] {
  return Array.from({ length: 300 }, (_, index) => `${index}:`.padEnd(3_450, "\u0001"));
}
