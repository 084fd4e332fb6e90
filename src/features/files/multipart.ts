/** One file out of a multipart body (RFC 7578), counted while it is read and held once. */
import {
  getMultipartBoundary,
  MaxFileSizeExceededError,
  MultipartParseError,
  type MultipartPart,
  parseMultipartStream,
} from "@remix-run/multipart-parser";
import { skipAtMost } from "../../lib/bytes.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { FileName, LARGEST_FILE } from "./schemas.ts";

/** Bytes of a file that comes through the Worker, which holds all of it. */
export const LARGEST_UPLOAD = 10 * 1024 * 1024;

/** Boundaries and headers around it. */
const OVERHEAD = 64 * 1024;
const MOST_PARTS = 10;
const FIELD = "file";

export type Upload = { name: string; bytes: Uint8Array<ArrayBuffer> };

/** Throws `malformed_upload`, `file_too_large`, `empty_file`, or a 422 about a name or an unknown field. */
export async function readUpload({ headers, body }: Request): Promise<Upload> {
  if (!body) throw new Problem("malformed_upload");
  try {
    return await readForm(headers, body);
  } catch (error) {
    // As much as the other way in takes: what is sent is most likely such a file.
    await skipAtMost(body, LARGEST_FILE);
    throw error;
  }
}

async function readForm(headers: Headers, body: ReadableStream<Uint8Array>): Promise<Upload> {
  const boundary = boundaryOf(headers.get("content-type") ?? "");
  if (boundary === undefined) throw new Problem("malformed_upload");
  if (Number(headers.get("content-length")) > LARGEST_UPLOAD + OVERHEAD) {
    throw new Problem("file_too_large");
  }
  const part = onlyFile(await readParts(body, boundary));
  const bytes = new Uint8Array(part.arrayBuffer);
  if (bytes.byteLength === 0) throw new Problem("empty_file");
  return { name: checkedName(part.filename), bytes };
}

function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  return getMultipartBoundary(contentType) ?? undefined;
}

async function readParts(
  body: ReadableStream<Uint8Array>,
  boundary: string,
): Promise<MultipartPart[]> {
  const limits = {
    maxFileSize: LARGEST_UPLOAD,
    maxTotalSize: LARGEST_UPLOAD + OVERHEAD,
    maxParts: MOST_PARTS,
  };
  try {
    const parts: MultipartPart[] = [];
    for await (const part of parseMultipartStream(body, { boundary, ...limits })) parts.push(part);
    return parts;
  } catch (error) {
    if (error instanceof MaxFileSizeExceededError) throw new Problem("file_too_large");
    if (error instanceof MultipartParseError) throw new Problem("malformed_upload");
    throw error;
  }
}

/** Headers are decoded when they are asked for, and throw where they are no UTF-8. */
function fieldOf(part: MultipartPart): string | undefined {
  try {
    return part.name;
  } catch {
    throw new Problem("malformed_upload");
  }
}

function onlyFile(parts: MultipartPart[]): MultipartPart {
  const [file, ...others] = parts;
  const unknown = parts.find((part) => fieldOf(part) !== FIELD);
  if (unknown) throw invalidField("", "unknown_field", "The form has one field, named `file`.");
  if (!file || others.length > 0 || !file.filename) throw new Problem("malformed_upload");
  return file;
}

/** What forms escape in a name, and nothing else (HTML standard, "multipart/form-data encoding algorithm"). */
const ESCAPED = /%(?:22|0[AD])/g;

/** Without the folders that some browsers put before it. */
function checkedName(sent = ""): string {
  const filename = sent.replace(ESCAPED, (escape) => decodeURIComponent(escape));
  const name = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  const checked = FileName.refine((text) => !text.includes("\0")).safeParse(name);
  if (checked.success) return checked.data;
  throw invalidField("/file", "invalid_name", "The file needs a name, and not too long a one.");
}
