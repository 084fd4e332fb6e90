/** What a JSON body must be before any schema looks at it. */
import type { Context, MiddlewareHandler } from "hono";
import { findUnkeptNumber } from "./json-numbers.ts";
import type { App } from "./router.ts";
import { decodeUtf8, readAtMost } from "../lib/bytes.ts";
import { within } from "../lib/clock.ts";
import { invalidField, Problem } from "../lib/problem.ts";
import { findUnstorable } from "../lib/storable-text.ts";

/** The largest JSON body of a route that declares no size of its own. */
const LARGEST_JSON_BYTES = 256 * 1024;
/**
 * Read of a body that is too large: a client that is still sending may lose the response, as it does with
 * hono/body-limit, which reads nothing more.
 */
const MOST_READ_BYTES = 1024 * 1024;
const JSON_TYPE = /^application\/json\s*(;\s*charset\s*=\s*"?utf-8"?\s*)?$/i;

/** Refuses a compressed body: decompressed, it could be of any size. Throws `unsupported_content_encoding`. */
export const refuseEncodedBody: MiddlewareHandler = async function refuseEncodedBody(c, next) {
  const encoding = c.req.header("content-encoding")?.trim().toLowerCase();
  if (encoding && encoding !== "identity") {
    // RFC 9110 section 15.5.16.
    const headers = { "accept-encoding": "identity" };
    throw new Problem("unsupported_content_encoding", { headers });
  }
  await next();
};

/**
 * Reads the body strictly: limits its size and time, and checks its type, encoding and syntax. An absent
 * body is an empty object, whatever the content type says, so that a route without required fields accepts
 * it. Later middleware sees a request whose body is the checked text.
 */
export function readJsonBody(largestBytes = LARGEST_JSON_BYTES): MiddlewareHandler<App> {
  return async function readJsonBody(c, next) {
    const { BODY_TIMEOUT_MS } = c.get("deps").config;
    const bytes = await within(BODY_TIMEOUT_MS, readBody(c.req.raw, largestBytes));
    if (!bytes) throw new Problem("body_too_slow", { headers: { connection: "close" } });
    const text = bytes.byteLength === 0 ? "{}" : checkedText(bytes, c.req.header("content-type"));
    replaceBody(c, text);
    await next();
  };
}

/** Has later middleware see a request whose body is this JSON. */
export function replaceBody(c: Context<App>, text: string): void {
  if (c.req.header("content-type") === "application/json") {
    // What Hono has read of a body; a new request would cost more than all other checks.
    Object.assign(c.req.bodyCache, { text: Promise.resolve(text) });
    return;
  }
  const headers = new Headers(c.req.raw.headers);
  headers.set("content-type", "application/json");
  c.req.raw = new Request(c.req.raw, { method: c.req.method, headers, body: text });
}

/** True for JSON in UTF-8. */
export function isJsonType(contentType: string | undefined): boolean {
  return contentType !== undefined && JSON_TYPE.test(contentType);
}

async function readBody(request: Request, largestBytes: number): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  const mostReadBytes = Math.max(MOST_READ_BYTES, 2 * largestBytes);
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  // HTTP itself limits a body to its declared length; it is counted only without one.
  if (declared > mostReadBytes) throw new Problem("body_too_large");
  if (declared <= largestBytes) return new Uint8Array(await request.arrayBuffer());
  const bytes = await readAtMost(request.body, mostReadBytes);
  if (!bytes || bytes.byteLength > largestBytes) throw new Problem("body_too_large");
  return bytes;
}

function checkedText(bytes: Uint8Array, contentType: string | undefined): string {
  if (!isJsonType(contentType)) throw new Problem("unsupported_media_type");
  const text = decodeUtf8(bytes);
  if (text === undefined) throw new Problem("invalid_encoding");
  const unstorable = findUnstorable(parseJson(text)) ?? findUnkeptNumber(text);
  if (unstorable) throw invalidField(unstorable.pointer, unstorable.code, unstorable.detail);
  return text;
}

/** Throws `malformed_json`. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new Problem("malformed_json");
  }
}
