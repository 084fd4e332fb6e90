/** Objects: put, get, head and delete. */
import type { S3Response } from "./answer.ts";
import { Body } from "./body.ts";
import { PREFIX } from "./checksums.ts";
import { type Context, keptHeaders, matches, writeGuard } from "./context.ts";
import { S3Failure } from "./failure.ts";
import type { StoredObject } from "./object-store.ts";
import { header, type S3Request } from "./request.ts";

const LONGEST_KEY_BYTES = 1024;

export async function putObject(context: Context): Promise<S3Response> {
  const { request, objects, now } = context;
  const { key } = request;
  if (header(request, "x-amz-copy-source") !== undefined) throw new S3Failure("NotImplemented");
  if (Buffer.byteLength(key) > LONGEST_KEY_BYTES) throw new S3Failure("InvalidArgument");
  const guard = writeGuard(request);
  guard(objects.find(key));
  const body = new Body(request, context.authorization);
  const file = await objects.receive(body);
  const etag = `"${body.md5}"`;
  const { size, checksum } = body;
  const modifiedAt = new Date(now()).toISOString();
  const headers = keptHeaders(request);
  await objects.commit({ key, size, etag, modifiedAt, headers, checksum, file }, guard);
  return { status: 200, headers: { etag, ...checksumHeader({ checksum }) } };
}

function checksumHeader({ checksum }: Pick<StoredObject, "checksum">) {
  return checksum ? { [PREFIX + checksum.name]: checksum.value } : {};
}

export async function getObject(context: Context): Promise<S3Response> {
  const { object, headers } = look(context);
  if (isUnchanged(context.request, object)) return { status: 304, headers: { etag: object.etag } };
  const range = rangeOf(context.request, object);
  const handle = await context.objects.read(object);
  if (!range) {
    return { status: 200, headers, body: { handle, start: 0, size: object.size } };
  }
  const last = range.start + range.size - 1;
  const partial = { ...headers, "content-range": `bytes ${range.start}-${last}/${object.size}` };
  return { status: 206, headers: partial, body: { handle, ...range } };
}

export async function headObject(context: Context): Promise<S3Response> {
  const { object, headers } = look(context);
  if (isUnchanged(context.request, object)) return { status: 304, headers: { etag: object.etag } };
  return { status: 200, headers: { ...headers, "content-length": String(object.size) } };
}

export async function deleteObject({ request, objects }: Context): Promise<S3Response> {
  await objects.remove(request.key);
  return { status: 204 };
}

/** The requested object, and its headers. */
function look({ request, objects }: Context) {
  const object = objects.find(request.key);
  if (!object) throw new S3Failure("NoSuchKey");
  const match = header(request, "if-match");
  if (match !== undefined && !matches(match, object)) throw new S3Failure("PreconditionFailed");
  // The checksum is that of the whole object.
  const withChecksum =
    header(request, "x-amz-checksum-mode") === "ENABLED" && header(request, "range") === undefined;
  const headers = {
    ...object.headers,
    ...overrides(request),
    etag: object.etag,
    "last-modified": new Date(object.modifiedAt).toUTCString(),
    "accept-ranges": "bytes",
    ...(withChecksum && checksumHeader(object)),
  };
  return { object, headers };
}

const OVERRIDE = "response-";
const OVERRIDABLE = new Set(
  `content-type content-language expires cache-control content-disposition content-encoding`.split(
    " ",
  ),
);

/** The response headers that a signed URL fixes. Unsigned requests do not get this far. */
function overrides({ query }: S3Request): Record<string, string> {
  const fixed = query
    .filter(([name]) => name.startsWith(OVERRIDE))
    .map(([name, value]) => [name.slice(OVERRIDE.length), value] as const)
    .filter(([name]) => OVERRIDABLE.has(name));
  return Object.fromEntries(fixed);
}

function isUnchanged(request: S3Request, object: StoredObject): boolean {
  const condition = header(request, "if-none-match");
  return condition !== undefined && matches(condition, object);
}

/** The requested range; undefined for all bytes, also where the header is invalid. */
function rangeOf(request: S3Request, { size }: StoredObject) {
  const [, from, to] = /^bytes=(\d*)-(\d*)$/.exec(header(request, "range") ?? "") ?? [];
  if (from === undefined || to === undefined || from + to === "") return undefined;
  const start = from === "" ? Math.max(size - Number(to), 0) : Number(from);
  const end = from === "" || to === "" ? size - 1 : Math.min(Number(to), size - 1);
  if (from !== "" && to !== "" && Number(to) < Number(from)) return undefined;
  if (start > end) throw new S3Failure("InvalidRange");
  return { start, size: end - start + 1 };
}

/** The region of the bucket. */
export async function bucketLocation(_context: Context): Promise<S3Response> {
  return { status: 200, headers: { "content-type": "application/xml" }, body: LOCATION };
}

const LOCATION = '<LocationConstraint xmlns="http://s3.amazonaws.com/doc/2006-03-01/"/>';

/** Whether the bucket exists, and the key may use it. */
export async function headBucket({ authorization }: Context): Promise<S3Response> {
  const [, region = ""] = authorization.scope.split("/");
  return { status: 200, headers: { "x-amz-bucket-region": region } };
}
