/** Objects in parts: what S3 calls a multipart upload. */
import { childrenOf, childText } from "../../lib/xml.ts";
import { BODY_CALL_MS, type Bucket, find, readXmlResponse, readNothing, send } from "./calls.ts";
import { sha256Hex } from "./checksum.ts";

/** What the bucket gives at once, at most. */
const LIST_LIMIT = "1000";

export async function openUpload(
  bucket: Bucket,
  key: string,
  { contentType }: { contentType: string },
): Promise<string> {
  const headers = { "content-type": contentType };
  // A second opening would stay open for ever.
  const call = { method: "POST", key, query: { uploads: "" }, headers, once: true } as const;
  return send(bucket, call, async (response) => {
    const uploadId = childText(await readXmlResponse(response), "UploadId");
    if (!uploadId) throw new Error("an upload without an id");
    return uploadId;
  });
}

export async function putPart(
  bucket: Bucket,
  key: string,
  uploadId: string,
  part: number,
  bytes: Uint8Array<ArrayBuffer>,
): Promise<string> {
  const call = {
    method: "PUT",
    key,
    query: { partNumber: String(part), uploadId },
    headers: { "x-amz-content-sha256": await sha256Hex(bytes) },
    body: bytes,
    timeoutMs: BODY_CALL_MS,
  } as const;
  return send(bucket, call, async (response) => {
    await readNothing(response);
    const etag = response.headers.get("etag");
    if (!etag) throw new Error("a part without an entity tag");
    return etag;
  });
}

export async function completeMultipartUpload(
  bucket: Bucket,
  key: string,
  uploadId: string,
  etags: string[],
): Promise<void> {
  const parts = etags.map(
    (etag, index) =>
      `<Part><PartNumber>${index + 1}</PartNumber><ETag>${escapeXml(etag)}</ETag></Part>`,
  );
  const body = `<CompleteMultipartUpload>${parts.join("")}</CompleteMultipartUpload>`;
  const call = { method: "POST", key, query: { uploadId }, body, once: true } as const;
  await send(bucket, { ...call, timeoutMs: BODY_CALL_MS }, async (response) => {
    // S3 begins its answer before it has joined the parts: a failure then comes with a 200.
    const answer = await readXmlResponse(response);
    if (answer.name !== "CompleteMultipartUploadResult") throw new Error("parts were not joined");
  });
}

export async function abortUpload(bucket: Bucket, key: string, uploadId: string): Promise<void> {
  await find(bucket, { method: "DELETE", key, query: { uploadId } }, readNothing, "NoSuchUpload");
}

export async function listUploads(bucket: Bucket, prefix: string) {
  const query = { uploads: "", "max-uploads": LIST_LIMIT, prefix };
  return send(bucket, { method: "GET", query }, async (response) => {
    const answer = await readXmlResponse(response);
    if (answer.name !== "ListMultipartUploadsResult") throw new Error("not a list of uploads");
    return childrenOf(answer, "Upload").map((upload) => ({
      key: childText(upload, "Key") ?? "",
      uploadId: childText(upload, "UploadId") ?? "",
      openedAt: childText(upload, "Initiated") ?? "",
    }));
  });
}

function escapeXml(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
