/** The input of an operation: the request, whose signature was verified, and the stores. */
import { S3Failure } from "./failure.ts";
import type { Guard, ObjectStore, StoredObject } from "./object-store.ts";
import { header, type S3Request } from "./request.ts";
import type { Authorization } from "./signature.ts";

export type Context = {
  request: S3Request;
  authorization: Authorization;
  objects: ObjectStore;
  /** Milliseconds. */
  now: () => number;
};

const KEPT = new Set(
  "content-type cache-control content-disposition content-language expires".split(" "),
);

/** The response headers of an object, as stored by its writer. */
export function keptHeaders({ headers }: S3Request): Record<string, string> {
  const kept: Record<string, string> = { "content-type": "binary/octet-stream" };
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== "string") continue;
    if (KEPT.has(name) || name.startsWith("x-amz-meta-")) kept[name] = value;
  }
  const encodings = (headers["content-encoding"] ?? "").split(",").map((one) => one.trim());
  // The chunked encoding ends with the upload.
  const lasting = encodings.filter((one) => one !== "" && one !== "aws-chunked").join(",");
  return { ...kept, ...(lasting && { "content-encoding": lasting }) };
}

/** The condition under which a request may change an object. */
export function writeGuard(request: S3Request): Guard {
  const [match, noneMatch] = [header(request, "if-match"), header(request, "if-none-match")];
  if (noneMatch !== undefined && noneMatch !== "*") {
    throw new S3Failure("NotImplemented", "If-None-Match takes * alone.");
  }
  return (existing) => {
    if (noneMatch !== undefined && existing) throw new S3Failure("PreconditionFailed");
    if (match !== undefined && !existing) throw new S3Failure("NoSuchKey");
    if (match !== undefined && existing && !matches(match, existing)) {
      throw new S3Failure("PreconditionFailed");
    }
  };
}

/** Whether one of the tags of a condition is the object's. */
export function matches(condition: string, { etag }: StoredObject): boolean {
  const bare = etag.replaceAll('"', "");
  const tags = condition.split(",").map((tag) => tag.trim().replaceAll('"', ""));
  return tags.some((tag) => tag === "*" || tag === bare);
}
