/**
 * Which requests a local server accepts. A page in a browser can send requests to loopback, and by DNS
 * rebinding also read the responses: its `Host` is then the page's own name.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { isEqual } from "./secrets.ts";

export type Admission = {
  /** Values of `Host` besides those of loopback. */
  hosts?: readonly string[];
  /**
   * Which other origins' pages may call. Only for a server that checks a signature of each request: all
   * pages may then follow a signed link.
   */
  isPageAllowed?: (origin: string) => boolean;
};

export type Refusal = { status: number; message: string };

const LOOPBACK = ["127.0.0.1", "localhost", "[::1]"];

/** The values of `Sec-Fetch-Site` for requests not caused by a page of another origin. */
const OWN_SITE = new Set(["same-origin", "none"]);

/** 421 for a foreign `Host`, 403 for a page of another origin; undefined where the request may pass. */
export function refusalOf(
  request: IncomingMessage,
  admission: Admission = {},
): Refusal | undefined {
  const { host = "", origin, "sec-fetch-site": site = "none" } = request.headers;
  const own = LOOPBACK.map((name) => `${name}:${request.socket.localPort}`);
  if (![...own, ...(admission.hosts ?? [])].includes(host.toLowerCase())) {
    return { status: 421, message: "The Host header does not name this server." };
  }
  const isOwnPage = origin === undefined || own.some((name) => origin === `http://${name}`);
  const isForeign = admission.isPageAllowed
    ? !isOwnPage && !admission.isPageAllowed(origin)
    : !isOwnPage || !OWN_SITE.has(site);
  if (isForeign)
    return { status: 403, message: "Pages of other origins may not call this server." };
  return undefined;
}

/** The same for a control endpoint, which accepts no page and requires a bearer token: else 401. */
export function refusalOfControl(request: IncomingMessage, key: string): Refusal | undefined {
  const refusal = refusalOf(request);
  if (refusal) return refusal;
  if (isEqual(`Bearer ${key}`, request.headers.authorization ?? "")) return undefined;
  return { status: 401, message: "The key of the control endpoint is missing or wrong." };
}

/** Answers with the refusal as JSON. */
export function sendRefusal(response: ServerResponse, { status, message }: Refusal): void {
  // The rest of the request is not read.
  const headers = { "content-type": "application/json", connection: "close" };
  response.writeHead(status, headers).end(JSON.stringify({ message }));
}
