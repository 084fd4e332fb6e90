/** Multipart uploads: open, put, join, abort, and the lists of open uploads. */
import { createHash } from "node:crypto";
import { childrenOf, childText, readXml, type XmlElement } from "../../src/lib/xml.ts";
import { type S3Response, xmlResponse } from "./answer.ts";
import { Body, readSmall } from "./body.ts";
import { checksumName, joinChecksums } from "./checksums.ts";
import { type Context, keptHeaders, writeGuard } from "./context.ts";
import { S3Failure } from "./failure.ts";
import { checksumHeader } from "./objects.ts";
import { header, numberParameter, parameter } from "./request.ts";
import type { Part, Upload } from "./upload-store.ts";
import { element, group } from "./xml.ts";

/** The minimum size of every part but the last. */
const SMALLEST_PART_BYTES = 5 * 1024 * 1024;
const MOST_PARTS = 10_000;
const MOST_LISTED = 1000;

export async function openUpload({ request, uploads, now }: Context): Promise<S3Response> {
  const algorithm = header(request, "x-amz-checksum-algorithm");
  const id = await uploads.add({
    key: request.key,
    openedAt: new Date(now()).toISOString(),
    headers: keptHeaders(request),
    checksumName: algorithm === undefined ? undefined : checksumName(algorithm),
  });
  return xmlResponse("InitiateMultipartUploadResult", [
    element("Bucket", request.bucket),
    element("Key", request.key),
    element("UploadId", id),
  ]);
}

function getUpload({ request, uploads }: Context) {
  const upload = uploads.find(request.key, parameter(request, "uploadId") ?? "");
  if (!upload) throw new S3Failure("NoSuchUpload");
  return upload;
}

export async function putPart(context: Context): Promise<S3Response> {
  const { request, uploads, now } = context;
  const upload = getUpload(context);
  const number = Number(parameter(request, "partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MOST_PARTS) {
    throw new S3Failure("InvalidArgument", "Part number must be an integer from 1 to 10000.");
  }
  const body = new Body(request, context.authorization);
  const file = await uploads.receive(upload, body);
  const { size, md5, checksum } = body;
  const modifiedAt = new Date(now()).toISOString();
  await uploads.addPart(upload, { number, size, md5, checksum, modifiedAt, file });
  return { status: 200, headers: { etag: `"${md5}"`, ...checksumHeader({ checksum }) } };
}

export async function completeUpload(context: Context): Promise<S3Response> {
  const { request, objects, uploads, now } = context;
  const upload = getUpload(context);
  const guard = writeGuard(request);
  const root = readXml(await readSmall(new Body(request, context.authorization)));
  const parts = chooseParts(upload.parts, root);
  guard(objects.find(upload.key));
  const file = await objects.receive(uploads.read(upload, parts));
  const { key, headers } = upload;
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  const etag = tagOfParts(parts);
  const checksum = checksumOfParts(upload, parts);
  const modifiedAt = new Date(now()).toISOString();
  await objects.commit({ key, size, etag, modifiedAt, headers, checksum, file }, guard);
  await uploads.remove(upload.id);
  return xmlResponse("CompleteMultipartUploadResult", [
    element("Bucket", request.bucket),
    element("Key", key),
    element("ETag", etag),
    checksum ? element(`Checksum${checksum.name.toUpperCase()}`, checksum.value) : "",
  ]);
}

/** The named parts, which must be in order. */
function chooseParts(stored: Map<number, Part>, root: XmlElement | undefined): Part[] {
  const named = root?.name === "CompleteMultipartUpload" ? childrenOf(root, "Part") : [];
  if (named.length === 0) throw new S3Failure("MalformedXML");
  const numbers = named.map((part) => Number(childText(part, "PartNumber")));
  if (numbers.some((number, index) => number <= (numbers[index - 1] ?? 0))) {
    throw new S3Failure("InvalidPartOrder");
  }
  const parts = named.map((part, index) => {
    const found = stored.get(numbers[index] ?? 0);
    const tag = childText(part, "ETag")?.replaceAll('"', "");
    if (!found || found.md5 !== tag) throw new S3Failure("InvalidPart");
    return found;
  });
  if (parts.slice(0, -1).some(({ size }) => size < SMALLEST_PART_BYTES)) {
    throw new S3Failure("EntityTooSmall");
  }
  return parts;
}

function tagOfParts(parts: Part[]): string {
  const hash = createHash("md5");
  for (const { md5 } of parts) hash.update(Buffer.from(md5, "hex"));
  return `"${hash.digest("hex")}-${parts.length}"`;
}

function checksumOfParts({ checksumName: name }: Upload, parts: Part[]) {
  const values = parts.flatMap(({ checksum }) => (checksum?.name === name ? checksum?.value : []));
  const isWhole = name !== undefined && values.length === parts.length;
  return isWhole ? { name, value: joinChecksums(name, values as string[]) } : undefined;
}

export async function abortUpload(context: Context): Promise<S3Response> {
  await context.uploads.remove(getUpload(context).id);
  return { status: 204 };
}

/** ListMultipartUploads. */
export async function listUploads({ request, uploads }: Context): Promise<S3Response> {
  const prefix = parameter(request, "prefix") ?? "";
  const [keyMarker, idMarker] = [
    parameter(request, "key-marker") ?? "",
    parameter(request, "upload-id-marker") ?? "",
  ];
  const limits = { lowest: 1, highest: MOST_LISTED, fallback: MOST_LISTED };
  const most = numberParameter(request, "max-uploads", limits);
  const all = uploads.list(prefix);
  const marked = all.findIndex(({ key, id }) => key === keyMarker && id === idMarker);
  const rest = marked < 0 ? all.filter(({ key }) => key > keyMarker) : all.slice(marked + 1);
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return xmlResponse("ListMultipartUploadsResult", [
    element("Bucket", request.bucket),
    element("Prefix", prefix),
    element("NextKeyMarker", last?.key),
    element("NextUploadIdMarker", last?.id),
    element("MaxUploads", most),
    element("IsTruncated", last !== undefined),
    ...page.map(({ key, id, openedAt }) =>
      group("Upload", [
        element("Key", key),
        element("UploadId", id),
        element("StorageClass", "STANDARD"),
        element("Initiated", openedAt),
      ]),
    ),
  ]);
}

export async function listParts(context: Context): Promise<S3Response> {
  const { request } = context;
  const upload = getUpload(context);
  const limits = { lowest: 1, highest: MOST_LISTED, fallback: MOST_LISTED };
  const most = numberParameter(request, "max-parts", limits);
  const marker = Number(parameter(request, "part-number-marker") ?? 0);
  const rest = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .toSorted((a, b) => a.number - b.number);
  const page = rest.slice(0, most);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  return xmlResponse("ListPartsResult", [
    element("Bucket", request.bucket),
    element("Key", upload.key),
    element("UploadId", upload.id),
    element("NextPartNumberMarker", last?.number),
    element("MaxParts", most),
    element("IsTruncated", last !== undefined),
    ...page.map(({ number, size, md5, modifiedAt }) =>
      group("Part", [
        element("PartNumber", number),
        element("LastModified", modifiedAt),
        element("ETag", `"${md5}"`),
        element("Size", size),
      ]),
    ),
  ]);
}
