/** Reads the body of a transport: it holds the whole conversation, of which only the end matters. */
import type { Context, MiddlewareHandler } from "hono";
import { PacedBody } from "../../../http/paced-body.ts";
import { isJsonType, parseJson, replaceBody } from "../../../http/request-body.ts";
import type { App } from "../../../http/router.ts";
import { decodeUtf8, readAtMost, skipAtMost } from "../../../lib/bytes.ts";
import { invalidField, Problem } from "../../../lib/problem.ts";
import { findUnstorable } from "../../../lib/storable-text.ts";
import { MOST_PARTS } from "./schemas.ts";

/** A conversation with its citations, and a `data:` URL of some MiB. */
export const LARGEST_CHAT_BODY_BYTES = 8 * 1024 * 1024;

/** Read of a body that is too large, so that a client that sends all of it first gets the response. */
const MOST_SKIPPED_BYTES = 24 * 1024 * 1024;

/** The message at the end, and the one before it. */
const READ_MESSAGES = 2;

/** One more than the schema takes, which then refuses them. */
const MOST_READ_PARTS = MOST_PARTS + 1;

/** Reads a JSON body, and leaves the end of its conversation to the schema. */
export const readChatBody: MiddlewareHandler<App> = async function readChatBody(c, next) {
  if (!isJsonType(c.req.header("content-type"))) throw new Problem("unsupported_media_type");
  await readConversation(c);
  await next();
};

/**
 * The same with any content type where a token signs in, which no page of others has: the transport for workflows
 * names none.
 */
export const readUntypedChatBody: MiddlewareHandler<App> = async function readUntypedChatBody(
  c,
  next,
) {
  if (c.get("principal").via === "cookie") return readChatBody(c, next);
  await readConversation(c);
  await next();
};

async function readConversation(c: Context<App>): Promise<void> {
  const text = decodeUtf8(await readBytes(c));
  if (text === undefined) throw new Problem("invalid_encoding");
  const body = withoutHistory(parseJson(text));
  const unstorable = findUnstorable(body);
  if (unstorable) throw invalidField(unstorable.pointer, unstorable.code, unstorable.detail);
  replaceBody(c, JSON.stringify(body));
}

async function readBytes(c: Context<App>): Promise<Uint8Array> {
  if (!c.req.raw.body) return new Uint8Array();
  const { config, clock } = c.get("deps");
  const pace = { slackMs: config.BODY_TIMEOUT_MS, bytesPerSecond: config.LEAST_UPLOAD_RATE };
  const paced = new PacedBody(c.req.raw.body, pace, clock);
  const isTooLarge = Number(c.req.header("content-length")) > LARGEST_CHAT_BODY_BYTES;
  const bytes = isTooLarge ? undefined : await readAtMost(paced, LARGEST_CHAT_BODY_BYTES);
  if (bytes) return bytes;
  await skipAtMost(paced, MOST_SKIPPED_BYTES);
  paced.cancel();
  throw new Problem("body_too_large");
}

/** The members that the schema knows, with the end of the conversation: the rest may be large. */
export function withoutHistory(body: unknown): unknown {
  if (!isObject(body)) return body;
  const { id, trigger, messages, model } = body;
  return { id, trigger, model, messages: Array.isArray(messages) ? endOf(messages) : messages };
}

function endOf(messages: unknown[]): unknown[] {
  const [last, previous] = messages.slice(-READ_MESSAGES).toReversed();
  const before = isObject(previous) ? [{ id: previous.id, role: previous.role }] : [];
  if (!isObject(last)) return last === undefined ? [] : [...before, last];
  const parts = Array.isArray(last.parts) ? readParts(last.parts) : last.parts;
  return [...before, { id: last.id, role: last.role, parts }];
}

/** Its texts and files: other parts are ignored, however many there are. */
function readParts(parts: unknown[]): unknown[] {
  return parts.filter(isTextOrFile).slice(0, MOST_READ_PARTS);
}

function isTextOrFile(part: unknown): boolean {
  return isObject(part) && (part.type === "text" || part.type === "file");
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
