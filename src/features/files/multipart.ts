/** One file out of a multipart body (RFC 7578), counted while it is read and held once. */
import { MultipartPart } from "@remix-run/multipart-parser";
import { type BodyPace, PacedBody } from "../../http/paced-body.ts";
import { readAtMost, skipAtMost } from "../../lib/bytes.ts";
import type { Clock } from "../../lib/clock.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { type Part, splitParts } from "./multipart-parts.ts";
import { FileName, LARGEST_FILE } from "./schemas.ts";

/** Bytes of a file that comes through the Worker, which holds all of it. */
export const LARGEST_UPLOAD = 10 * 1024 * 1024;

/** Boundaries and headers around it. */
const OVERHEAD = 64 * 1024;
const MOST_PARTS = 10;
const FIELD = "file";

export type Upload = { name: string; bytes: Uint8Array<ArrayBuffer> };

/**
 * Reads the form for as long as it keeps the pace. Throws `malformed_upload`, `file_too_large`, `empty_file`,
 * `body_too_slow`, or a 422 about a name or an unknown field.
 */
export async function readUpload(
  { headers, body }: Request,
  pace: BodyPace,
  clock: Clock,
): Promise<Upload> {
  if (!body) throw new Problem("malformed_upload");
  const paced = new PacedBody(body, pace, clock);
  try {
    return await readForm(headers, paced);
  } catch (error) {
    // As much as the other way in takes: what is sent is most likely such a file.
    await skipAtMost(paced, LARGEST_FILE);
    paced.cancel();
    throw error;
  }
}

async function readForm(headers: Headers, body: PacedBody): Promise<Upload> {
  const boundary = boundaryOf(headers.get("content-type") ?? "");
  if (boundary === undefined) throw new Problem("malformed_upload");
  if (Number(headers.get("content-length")) > LARGEST_UPLOAD + OVERHEAD) {
    throw new Problem("file_too_large");
  }
  // Where it is too long, the rest is skipped, so that the client reads the response.
  const whole = await readAtMost(body, LARGEST_UPLOAD + OVERHEAD);
  if (!whole) throw new Problem("file_too_large");
  const { filename, bytes } = onlyFile(splitParts(whole, boundary, MOST_PARTS));
  if (bytes.byteLength === 0) throw new Problem("empty_file");
  if (bytes.byteLength > LARGEST_UPLOAD) throw new Problem("file_too_large");
  return { name: checkedName(filename), bytes };
}

/** Quoted or not; undefined where the content type is no form, or names no boundary. */
function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, token] = BOUNDARY.exec(contentType) ?? [];
  return quoted?.replace(/\\(.)/g, "$1").trimEnd() ?? token;
}

const BOUNDARY = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)+)"|([^\s;"]+))/i;

type SentFile = { filename: string; bytes: Part["content"] };

function onlyFile(parts: Part[] | undefined): SentFile {
  const [file, ...others] = (parts ?? []).map(({ header, content }) => ({
    ...readHeader(header),
    bytes: content,
  }));
  if (!file) throw new Problem("malformed_upload");
  if ([file, ...others].some(({ name }) => name !== FIELD)) {
    throw invalidField("", "unknown_field", "The form has one field, named `file`.");
  }
  const { filename, bytes } = file;
  if (others.length > 0 || !filename) throw new Problem("malformed_upload");
  return { filename, bytes };
}

/** The library throws for a header that is not UTF-8. */
function readHeader(header: Uint8Array): { name?: string; filename?: string } {
  try {
    const { name, filename } = new MultipartPart(header, []);
    return { ...(name !== undefined && { name }), ...(filename !== undefined && { filename }) };
  } catch {
    throw new Problem("malformed_upload");
  }
}

/** What forms escape in a name, and nothing else (HTML standard, "multipart/form-data encoding algorithm"). */
const ESCAPED = /%(?:22|0[AD])/g;

/** Without the folders that some browsers put before it. */
function checkedName(sent: string): string {
  const filename = sent.replace(ESCAPED, (escape) => decodeURIComponent(escape));
  const name = filename.slice(Math.max(filename.lastIndexOf("/"), filename.lastIndexOf("\\")) + 1);
  const checked = FileName.refine((text) => !text.includes("\0")).safeParse(name);
  if (checked.success) return checked.data;
  throw invalidField("/file", "invalid_name", "The file needs a name, and not too long a one.");
}
