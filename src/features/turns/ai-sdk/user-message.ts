/** The user message at the end of a client's conversation: its text, and its files. */
import type { Context } from "hono";
import type { App } from "../../../http/router.ts";
import { countWork } from "../../../http/rate-limit.ts";
import { fromBase64, encodeUtf8 } from "../../../lib/bytes.ts";
import { invalidField, Problem } from "../../../lib/problem.ts";
import { sha256Hex, sha256OfText } from "../../../lib/sha256.ts";
import { FileName } from "../../files/schemas.ts";
import { storeUpload } from "../../files/upload.ts";
import { linkedFile } from "../../messages/linked-file.ts";
import { Content } from "../../messages/schemas.ts";
import type { FilePart, SentUIMessage, TurnRequestBody } from "./schemas.ts";

const MOST_FILES = 20;
const POINTER = "/messages";

/** What a request sends: the user message, and what comes before it. */
export type Sent = { messageId: string; text: string; files: FilePart[]; previousId?: string };

/** Throws a 422 where the conversation does not end with a user message that has text. */
export function readSent({ messages }: Pick<TurnRequestBody, "messages">): Sent {
  const [last, previous] = messages.toReversed();
  if (last?.role !== "user") {
    throw invalidField(POINTER, "no_user_message", "The conversation must end with your message.");
  }
  const text = Content.safeParse(textOf(last));
  if (!text.success) {
    const detail = text.error.issues[0]?.message ?? "The text is invalid.";
    throw invalidField(POINTER, "invalid_text", `Your message needs text. ${detail}`);
  }
  const files = (last.parts ?? []).filter(isFile);
  if (files.length > MOST_FILES) {
    throw invalidField(POINTER, "too_many_files", `A message takes at most ${MOST_FILES} files.`);
  }
  return {
    messageId: last.id,
    text: text.data,
    files,
    ...(previous && { previousId: previous.id }),
  };
}

function textOf({ parts }: SentUIMessage): string {
  return (parts ?? [])
    .flatMap((part) => (part.type === "text" && "text" in part ? part.text : []))
    .join("\n");
}

function isFile(part: { type: string }): part is FilePart {
  return part.type === "file" && "url" in part;
}

/**
 * The ids of the files of a message, in order. A `data:` URL is uploaded, once for the same bytes in the same
 * message. Throws a 422 for any other URL, and what an upload throws.
 */
export async function toFileIds(c: Context<App>, { messageId, files }: Sent): Promise<string[]> {
  const ids: string[] = [];
  for (const [index, file] of files.entries()) {
    ids.push(ownFileId(c, file.url) ?? (await uploadPart(c, messageId, { file, index })));
  }
  return ids;
}

/** The id in the URL of a file on this server. */
function ownFileId(c: Context<App>, url: string): string | undefined {
  if (url.startsWith("data:") || !URL.canParse(url, c.req.url)) return undefined;
  const { origin, pathname } = new URL(url, c.req.url);
  return origin === new URL(c.req.url).origin ? linkedFile(pathname) : undefined;
}

type Part = { file: FilePart; index: number };

async function uploadPart(c: Context<App>, messageId: string, part: Part): Promise<string> {
  const { bytes, contentType } = decodeDataUrl(part);
  const principal = c.get("principal");
  if (principal.via === "key" && !principal.scopes.includes("files")) {
    throw new Problem("insufficient_scope", { members: { scope: "files" } });
  }
  await countWork(c, "uploads");
  const sha256 = await sha256Hex(bytes);
  const name = nameOf(part);
  const fingerprint = await sha256OfText(JSON.stringify([messageId, sha256, name]));
  const id = c.get("deps").newId();
  const key = { id, route: `POST ${c.get("route")} data`, key: fingerprint, fingerprint };
  const file = { name, contentType, bytes, sha256 };
  const { row } = await storeUpload(c.env, c.get("deps"), principal.userId, file, key);
  return row.id;
}

const DATA_URL = /^data:([^,]{0,400}),/;

/** The bytes of a `data:` URL (RFC 2397). */
function decodeDataUrl({ file: { url, mediaType }, index }: Part) {
  const head = DATA_URL.exec(url);
  if (!head) throw invalidUrl(index, "Attach a file of yours, or the file itself.");
  const [opening, parameters = ""] = head;
  const [declared] = parameters.split(";");
  const data = url.slice(opening.length);
  const isBase64 = parameters.toLowerCase().endsWith(";base64");
  const bytes = isBase64 ? fromBase64(data) : decodePercent(data);
  if (!bytes) throw invalidUrl(index, "The attached file is not encoded correctly.");
  if (bytes.byteLength === 0) throw new Problem("empty_file");
  return { bytes: new Uint8Array(bytes), contentType: mediaType || declared || undefined };
}

function decodePercent(data: string): Uint8Array | undefined {
  try {
    return encodeUtf8(decodeURIComponent(data));
  } catch {
    return undefined;
  }
}

function nameOf({ file: { filename }, index }: Part): string {
  const name = FileName.safeParse(filename ?? `attachment-${index + 1}`);
  if (name.success) return name.data;
  throw invalidField(POINTER, "invalid_name", "The file name is missing or too long.");
}

function invalidUrl(index: number, detail: string): Problem {
  return invalidField(`${POINTER}/parts/${index}/url`, "invalid_url", detail);
}
