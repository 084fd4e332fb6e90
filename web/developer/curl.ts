/** A request as a line of curl. */
import type { Exchange } from "./exchange.ts";

/** curl sets these itself. */
const OWN_HEADERS = new Set(["content-length", "host"]);

/**
 * For a shell whose `TOKEN` has an access token or an API key. Undefined where the body was not kept. The idempotency key
 * stays: repeated, a request attaches to what it has begun.
 */
export function toCurl(exchange: Exchange): string | undefined {
  const { method, url, requestHeaders, requestBody, withheld } = exchange;
  if (withheld !== undefined) return undefined;
  const headers = requestHeaders.filter(([name]) => !OWN_HEADERS.has(name.toLowerCase()));
  const isOwnMethod = method === (requestBody === undefined ? "GET" : "POST");
  return [
    `curl -N ${quote(url)}`,
    ...(isOwnMethod ? [] : [`-X ${method}`]),
    `-H "authorization: Bearer $TOKEN"`,
    ...headers.map(([name, value]) => `-H ${quote(`${name}: ${value}`)}`),
    ...(requestBody === undefined ? [] : [`--data-raw ${quote(requestBody)}`]),
  ].join(" \\\n  ");
}

/** Within single quotes, a shell changes nothing. */
function quote(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
