/** Puts, gets, heads, deletes and lists objects. */
import { Problem } from "../../lib/problem.ts";
import { childrenOf, childText } from "../../lib/xml.ts";
import {
  BODY_CALL_MS,
  type Bucket,
  find,
  type Read,
  readXmlResponse,
  readNothing,
  send,
} from "./calls.ts";
import { checksumToHex, hexToChecksum } from "./checksum.ts";

/** How long to wait for the next bytes of a body. */
const STALL_MS = 30_000;
const OUT_OF_RANGE = 416;
/** The most keys that S3 lists at once. */
const LIST_LIMIT = "1000";

const NO_KEY = "NoSuchKey";

export async function putObject(
  bucket: Bucket,
  key: string,
  bytes: Uint8Array<ArrayBuffer>,
  { contentType, sha256 }: { contentType: string; sha256: string },
): Promise<void> {
  const headers = {
    "content-type": contentType,
    "x-amz-content-sha256": sha256,
    "x-amz-checksum-sha256": hexToChecksum(sha256),
  };
  const call = { method: "PUT", key, headers, body: bytes, timeoutMs: BODY_CALL_MS } as const;
  await send(bucket, call, readNothing);
}

type Opened = { size: number; body: ReadableStream<Uint8Array> };

/** At least one byte from an offset on. */
export type ByteRange = { start: number; length: number };

export async function getObject(
  bucket: Bucket,
  key: string,
  range?: ByteRange,
): Promise<Opened | undefined> {
  const headers = range && { range: toHeader(range) };
  // An empty object responds to any range with 416.
  const call = { method: "GET", key, headers: { ...headers }, accept: OUT_OF_RANGE } as const;
  return find(bucket, call, openBody, NO_KEY);
}

function toHeader({ start, length }: ByteRange): string {
  return `bytes=${start}-${start + Math.max(length, 1) - 1}`;
}

const openBody: Read<Opened> = async (response, deadline) => {
  const { status, headers, body } = response;
  if (status === OUT_OF_RANGE || !body) {
    await body?.cancel();
    return { size: 0, body: new Blob([]).stream() };
  }
  const whole = headers.get("content-range")?.split("/")[1] ?? headers.get("content-length");
  return { size: Number(whole ?? Number.NaN), body: watched(body, deadline) };
};

/** The body with failures as `Problem`s, and aborted when no bytes arrive for `STALL_MS`. */
function watched(
  body: ReadableStream<Uint8Array>,
  deadline: AbortController,
): ReadableStream<Uint8Array> {
  const source = body.getReader();
  const pull = async (controller: ReadableStreamDefaultController<Uint8Array>) => {
    const timer = setTimeout(() => deadline.abort(), STALL_MS);
    try {
      const { done, value } = await source.read();
      if (done) controller.close();
      else controller.enqueue(value);
    } catch (error) {
      controller.error(new Problem("storage_unavailable", { cause: error }));
    } finally {
      clearTimeout(timer);
    }
  };
  return new ReadableStream({ pull, cancel: (reason) => source.cancel(reason) }, NO_READ_AHEAD);
}

const NO_READ_AHEAD = { highWaterMark: 0 };

export async function headObject(bucket: Bucket, key: string) {
  const headers = { "x-amz-checksum-mode": "ENABLED" };
  return find(bucket, { method: "HEAD", key, headers }, readInfo, NO_KEY);
}

const readInfo = async ({ headers }: Response) => ({
  size: Number(headers.get("content-length") ?? Number.NaN),
  contentType: headers.get("content-type") ?? undefined,
  sha256: checksumToHex(headers.get("x-amz-checksum-sha256")),
});

export async function deleteObject(bucket: Bucket, key: string): Promise<void> {
  await find(bucket, { method: "DELETE", key }, readNothing, NO_KEY);
}

export async function listObjects(bucket: Bucket, prefix: string, after: string | undefined) {
  const from = after !== undefined && { "start-after": after };
  const query = { "list-type": "2", "max-keys": LIST_LIMIT, prefix, ...from };
  return send(bucket, { method: "GET", query }, readList);
}

const readList = async (response: Response) => {
  const root = await readXmlResponse(response);
  if (root.name !== "ListBucketResult") throw new Error("not a list of objects");
  return childrenOf(root, "Contents").map((object) => ({
    key: childText(object, "Key") ?? "",
    size: Number(childText(object, "Size")),
    modifiedAt: childText(object, "LastModified") ?? "",
  }));
};
