/** Lists of objects, and the deletion of many at once. */
import { readXml } from "../../src/lib/read-xml.ts";
import { childrenOf, childText } from "../../src/lib/xml.ts";
import { type S3Response, xmlResponse } from "./answer.ts";
import { Body, readSmall } from "./body.ts";
import type { Context } from "./context.ts";
import { S3Failure } from "./failure.ts";
import type { StoredObject } from "./object-store.ts";
import { header, numberParameter, parameter } from "./request.ts";
import { element, group } from "./xml.ts";

const MOST_KEYS = 1000;

/** One line of a list: an object, or a common prefix up to the delimiter. */
type Line = { key: string; object?: StoredObject };

/** ListObjectsV2. */
export async function listObjects({ request, objects }: Context): Promise<S3Response> {
  if (parameter(request, "list-type") !== "2") throw new S3Failure("NotImplemented");
  const prefix = parameter(request, "prefix") ?? "";
  const delimiter = parameter(request, "delimiter") ?? "";
  const token = parameter(request, "continuation-token");
  const startAfter = parameter(request, "start-after");
  const after = token === undefined ? startAfter : readToken(token);
  const limits = { lowest: 0, highest: MOST_KEYS, fallback: MOST_KEYS };
  const maxKeys = numberParameter(request, "max-keys", limits);
  const lines = toLines(objects.list(prefix), prefix, delimiter);
  const rest = after === undefined ? lines : lines.filter(({ key }) => isAfter(key, after));
  const page = rest.slice(0, maxKeys);
  const isTruncated = maxKeys > 0 && rest.length > page.length;
  const name = keyWriter(parameter(request, "encoding-type"));
  return xmlResponse("ListBucketResult", [
    element("Name", request.bucket),
    name("Prefix", prefix),
    delimiter && name("Delimiter", delimiter),
    element("ContinuationToken", token),
    startAfter === undefined ? "" : name("StartAfter", startAfter),
    element("EncodingType", parameter(request, "encoding-type")),
    element("KeyCount", page.length),
    element("MaxKeys", maxKeys),
    element("IsTruncated", isTruncated),
    element("NextContinuationToken", isTruncated ? makeToken(page.at(-1)?.key ?? "") : undefined),
    ...page.map((line) => writeLine(line, name)),
  ]);
}

function toLines(objects: StoredObject[], prefix: string, delimiter: string): Line[] {
  if (delimiter === "") return objects.map((object) => ({ key: object.key, object }));
  const lines = new Map<string, Line>();
  for (const object of objects) {
    const end = object.key.indexOf(delimiter, prefix.length);
    const key = end < 0 ? object.key : object.key.slice(0, end + delimiter.length);
    lines.set(key, end < 0 ? { key, object } : { key });
  }
  return [...lines.values()];
}

function isAfter(key: string, other: string): boolean {
  return Buffer.compare(Buffer.from(key), Buffer.from(other)) > 0;
}

function makeToken(key: string): string {
  return Buffer.from(`after:${key}`).toString("base64url");
}

function readToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (!text.startsWith("after:")) throw new S3Failure("InvalidArgument", "The token is incorrect.");
  return text.slice("after:".length);
}

type KeyWriter = (name: string, key: string) => string;

function keyWriter(encoding: string | undefined): KeyWriter {
  if (encoding === undefined) return element;
  if (encoding !== "url") throw new S3Failure("InvalidArgument", "Invalid encoding-type.");
  return (name, key) => element(name, encodeURIComponent(key).replaceAll("%2F", "/"));
}

function writeLine({ key, object }: Line, name: KeyWriter): string {
  if (!object) return group("CommonPrefixes", [name("Prefix", key)]);
  return group("Contents", [
    name("Key", key),
    element("LastModified", object.modifiedAt),
    element("ETag", object.etag),
    element("Size", object.size),
    element("StorageClass", "STANDARD"),
  ]);
}

/** DeleteObjects. */
export async function deleteObjects(context: Context): Promise<S3Response> {
  const { request, objects } = context;
  const body = new Body(request, context.authorization);
  const root = readXml(await readSmall(body));
  if (!body.checksum && header(request, "content-md5") === undefined) {
    throw new S3Failure("InvalidRequest", "Missing required header: Content-MD5");
  }
  const keys = root && childrenOf(root, "Object").map((object) => childText(object, "Key"));
  if (!keys || root.name !== "Delete" || keys.length === 0 || keys.length > MOST_KEYS) {
    throw new S3Failure("MalformedXML");
  }
  for (const key of keys) await objects.remove(key ?? "");
  const isQuiet = childText(root, "Quiet") === "true";
  const deleted = keys.map((key) => group("Deleted", [element("Key", key)]));
  return xmlResponse("DeleteResult", isQuiet ? [] : deleted);
}
