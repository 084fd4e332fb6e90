/** Reads the one file of a multipart body (RFC 7578), with its size bounded and one copy in memory. */
import { MultipartPart } from "@remix-run/multipart-parser";
import { type BodyPace, PacedBody } from "../../http/paced-body.ts";
import { readAtMost, skipAtMost } from "../../lib/bytes.ts";
import type { Clock } from "../../lib/clock.ts";
import { invalidField, Problem } from "../../lib/problem.ts";
import { type Part, splitParts } from "./multipart-parts.ts";
import { FileName, LARGEST_FILE } from "./schemas.ts";

/** The most bytes of a file uploaded through the Worker, which buffers it. */
const LARGEST_UPLOAD = 10 * 1024 * 1024;

/** Bytes allowed for boundaries and headers. */
const OVERHEAD = 64 * 1024;
const MOST_PARTS = 10;
const FIELD = "file";

/** `contentType` is what the client says of the file; undefined where it says nothing. */
export type Upload = {
  name: string;
  contentType: string | undefined;
  bytes: Uint8Array<ArrayBuffer>;
};

/**
 * Reads the form while it keeps the pace. Throws `malformed_upload`, `file_too_large`, `empty_file`,
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
    // Up to the limit of direct uploads: the client most likely sends such a file.
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
  // If the body is too long, the rest is skipped so that the client reads the response.
  const whole = await readAtMost(body, LARGEST_UPLOAD + OVERHEAD);
  if (!whole) throw new Problem("file_too_large");
  const { filename, contentType, bytes } = onlyFile(splitParts(whole, boundary, MOST_PARTS));
  if (bytes.byteLength === 0) throw new Problem("empty_file");
  if (bytes.byteLength > LARGEST_UPLOAD) throw new Problem("file_too_large");
  return { name: checkedName(filename), contentType, bytes };
}

/** The boundary, quoted or not; undefined if the content type is not a form, or has none. */
function boundaryOf(contentType: string): string | undefined {
  if (!/^multipart\/form-data\s*;/i.test(contentType)) return undefined;
  const [, quoted, token] = BOUNDARY.exec(contentType) ?? [];
  return quoted?.replace(/\\(.)/g, "$1").trimEnd() ?? token;
}

const BOUNDARY = /;\s*boundary\s*=\s*(?:"((?:[^"\\]|\\.)+)"|([^\s;"]+))/i;

type SentFile = {
  filename: string;
  contentType: string | undefined;
  bytes: Part["content"];
};

function onlyFile(parts: Part[] | undefined): SentFile {
  const [file, ...others] = (parts ?? []).map(({ header, content }) => ({
    ...readHeader(header),
    bytes: content,
  }));
  if (!file) throw new Problem("malformed_upload");
  if ([file, ...others].some(({ name }) => name !== FIELD)) {
    throw invalidField("", "unknown_field", "Send exactly one field, named `file`.");
  }
  const { filename, contentType, bytes } = file;
  if (others.length > 0 || !filename) throw new Problem("malformed_upload");
  return { filename, contentType, bytes };
}

type PartHeader = Partial<Record<"name" | "filename" | "contentType", string>>;

/** Throws for a header that is not UTF-8. */
function readHeader(header: Uint8Array): PartHeader {
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    const part = new MultipartPart(new TextEncoder().encode(withLiteralPaths(text)), []);
    const { name, filename } = part;
    const contentType = part.headers["content-type"];
    return {
      ...(name !== undefined && { name }),
      ...(filename !== undefined && { filename }),
      ...(contentType !== undefined && { contentType }),
    };
  } catch {
    throw new Problem("malformed_upload");
  }
}

/**
 * The library removes every backslash of a quoted value. Only those before a quote or another backslash are
 * escapes; the others are part of a Windows path, and are escaped here.
 */
function withLiteralPaths(header: string): string {
  return header.replace(/\\(["\\])?/g, (escape, escaped) => (escaped ? escape : "\\\\"));
}

/**
 * The only characters that browsers escape in names (HTML standard, "multipart/form-data encoding
 * algorithm").
 */
const ESCAPED = /%(?:22|0[AD])/g;

function checkedName(sent: string): string {
  const name = sent.replace(ESCAPED, (escape) => decodeURIComponent(escape));
  const checked = FileName.refine((text) => !text.includes("\0")).safeParse(name);
  if (checked.success) return checked.data;
  throw invalidField("/file", "invalid_name", "The file name is missing or too long.");
}
