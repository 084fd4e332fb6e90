/** The responses of S3, and how they are sent. */
import { randomBytes } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { pipeline } from "node:stream/promises";
import type { S3Failure } from "./failure.ts";
import { documentOf, element } from "./xml.ts";

export type S3Response = {
  status: number;
  headers?: Record<string, string>;
  body?: string | Slice;
};

/** A span of a file, which is closed once it is sent. */
export type Slice = { handle: FileHandle; start: number; size: number };

export function xmlResponse(root: string, children: string[]): S3Response {
  return {
    status: 200,
    headers: { "content-type": "application/xml" },
    body: documentOf(root, children),
  };
}

export function failureResponse({ code, status, message }: S3Failure, path: string): S3Response {
  const words = [
    element("Code", code),
    element("Message", message),
    element("Resource", path),
    element("RequestId", newRequestId()),
  ];
  return { ...xmlResponse("Error", words), status };
}

function newRequestId(): string {
  return randomBytes(8).toString("hex").toUpperCase();
}

/** Sends it whole, or half of its body. */
export async function sendResponse(
  response: ServerResponse,
  { status, headers = {}, body }: S3Response,
  { withoutBody, isCut }: { withoutBody: boolean; isCut: boolean },
): Promise<void> {
  const size = typeof body === "string" ? Buffer.byteLength(body) : (body?.size ?? 0);
  const length = headers["content-length"] ?? (status === 204 ? undefined : String(size));
  response.writeHead(status, {
    "x-amz-request-id": newRequestId(),
    server: "local S3",
    ...headers,
    ...(length !== undefined && { "content-length": length }),
  });
  if (typeof body === "object") return sendSlice(response, body, isCut);
  if (isCut) return cut(response);
  response.end(withoutBody ? undefined : body);
}

async function sendSlice(response: ServerResponse, slice: Slice, isCut: boolean): Promise<void> {
  const { handle, start } = slice;
  const size = isCut ? Math.floor(slice.size / 2) : slice.size;
  try {
    if (size === 0) return void (isCut ? await cut(response) : response.end());
    const bytes = handle.createReadStream({ start, end: start + size - 1, autoClose: false });
    // A client that disconnects is no failure of the server.
    await pipeline(bytes, response, { end: !isCut }).catch(() => response.destroy());
    if (isCut) await cut(response);
  } finally {
    await handle.close();
  }
}

/** Flushes what was written so far. */
async function cut(response: ServerResponse): Promise<void> {
  await new Promise<void>((resolve) => response.write("", () => resolve()));
  response.destroy();
}
