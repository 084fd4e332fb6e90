/** The only file that signs requests to the bucket: S3, or any service with its API. */
import { AwsClient } from "aws4fetch";
import { Problem } from "../lib/problem.ts";
import type { Bucket } from "./storage/calls.ts";
import { hexToChecksum } from "./storage/checksum.ts";
import {
  type ByteRange,
  deleteObject,
  getObject,
  headObject,
  listObjects,
  putObject,
} from "./storage/objects.ts";

/** An object's metadata in the bucket. */
export type ObjectInfo = {
  size: number;
  contentType: string | undefined;
  /** Lower-case hex, if the bucket stores one. */
  sha256: string | undefined;
};

/** What a client needs to send bytes to the bucket, or to read them from it, without the Worker. */
export type SignedRequest = { method: "PUT" | "GET"; url: string; headers: Record<string, string> };

/**
 * Object keys contain only ids. Every failure is a `Problem`: `storage_not_configured` or
 * `storage_unavailable`.
 */
export type StorageClient = {
  isConfigured: () => boolean;
  /** The origin of signed URLs; undefined without a bucket. */
  origin: () => string | undefined;
  /** Sends HEAD for the bucket itself: reads no object and changes nothing. */
  isReachable: (signal: AbortSignal) => Promise<boolean>;
  /** Stores the bytes; the bucket checks them against the checksum (lower-case hex). */
  put: (
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    object: { contentType: string; sha256: string },
  ) => Promise<void>;
  /**
   * The bytes of an object or of a range, and the size of the whole in bytes; undefined when there is no
   * such object. A range may go beyond the end. The body fails with a `Problem` when it is cut, or when
   * no bytes arrive for 30 s.
   */
  get: (
    key: string,
    range?: ByteRange,
  ) => Promise<{ size: number; body: ReadableStream<Uint8Array> } | undefined>;
  head: (key: string) => Promise<ObjectInfo | undefined>;
  /** Deleting a missing object succeeds. */
  delete: (key: string) => Promise<void>;
  /**
   * A PUT of exactly these bytes: length, type and checksum are signed. `headers` are those that a client
   * has to set; HTTP clients set the length themselves, and browsers allow nothing else.
   */
  presignPut: (
    key: string,
    object: { contentType: string; sha256: string; size: number },
    expiresSeconds: number,
  ) => Promise<SignedRequest>;
  /** A GET that fixes the `Content-Type` and `Content-Disposition` of the bucket's response. */
  presignGet: (
    key: string,
    response: { contentType: string; disposition: string },
    expiresSeconds: number,
  ) => Promise<string>;
  /** At most 1,000 objects in key order, after the given key. */
  list: (
    prefix: string,
    after: string | undefined,
  ) => Promise<{ key: string; size: number; modifiedAt: string }[]>;
};

/** The settings that identify the bucket. */
export type BucketConfig = Partial<
  Record<
    "AWS_ACCESS_KEY_ID" | "AWS_SECRET_ACCESS_KEY" | "AWS_REGION" | "S3_BUCKET_NAME" | "S3_ENDPOINT",
    string | undefined
  >
>;

const DEFAULT_REGION = "us-east-1";

/** Opens no connection: every call is one request. */
export function createStorageClient(config: BucketConfig): StorageClient {
  const found = openBucket(config);
  const open = () => {
    if (!found) throw new Problem("storage_not_configured");
    return found;
  };
  return {
    isConfigured: () => found !== undefined,
    origin: () => found?.urlOf().origin,
    isReachable: async (signal) => {
      const request = await found?.sign({ method: "HEAD" }, signal);
      return request !== undefined && (await fetch(request)).ok;
    },
    put: async (...object) => putObject(open(), ...object),
    get: async (...object) => getObject(open(), ...object),
    head: async (key) => headObject(open(), key),
    delete: async (key) => deleteObject(open(), key),
    presignPut: async (...object) => presignPut(open(), ...object),
    presignGet: async (...object) => presignGet(open(), ...object),
    list: async (...range) => listObjects(open(), ...range),
  };
}

type SigningBucket = Bucket & { client: AwsClient; urlOf: (key?: string) => URL };

function openBucket(config: BucketConfig): SigningBucket | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  const { AWS_REGION: region = DEFAULT_REGION, S3_BUCKET_NAME: name } = config;
  if (!accessKeyId || !secretAccessKey || !name) return undefined;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  const base = addressOf(name, region, config.S3_ENDPOINT);
  const urlOf = (key = "") => new URL(base + encodeKey(key));
  return {
    client,
    urlOf,
    sign: ({ method, key, query = {}, headers = {}, body }, signal) => {
      const url = urlOf(key);
      url.search = encodeQuery(query);
      // A redirect would carry the signature to another host.
      const init = { method, headers, signal, redirect: "manual" } as const;
      return client.sign(url.href, body === undefined ? init : { ...init, body });
    },
  };
}

/**
 * Path style for other providers; virtual-host style for Amazon, except for names with dots, which its
 * certificate does not cover.
 */
function addressOf(name: string, region: string, endpoint: string | undefined): string {
  const host = `s3.${region}.amazonaws.com`;
  if (endpoint === undefined && !name.includes(".")) return `https://${name}.${host}/`;
  return `${(endpoint ?? `https://${host}`).replace(/\/+$/, "")}/${encodeURIComponent(name)}/`;
}

/** Encodes each segment: the signer would take a bare `+` for a space. */
function encodeKey(key: string): string {
  return key.split("/").map(encodeURIComponent).join("/");
}

function encodeQuery(query: Record<string, string>): string {
  const pairs = Object.entries(query).map((pair) => pair.map(encodeURIComponent).join("="));
  return pairs.join("&");
}

async function presignPut(
  bucket: SigningBucket,
  key: string,
  { contentType, sha256, size }: { contentType: string; sha256: string; size: number },
  expiresSeconds: number,
): Promise<SignedRequest> {
  const headers = { "content-type": contentType, "x-amz-checksum-sha256": hexToChecksum(sha256) };
  const signed = { ...headers, "content-length": String(size) };
  const url = await presign(
    bucket,
    { method: "PUT", url: bucket.urlOf(key) },
    signed,
    expiresSeconds,
  );
  return { method: "PUT", url, headers };
}

async function presignGet(
  bucket: SigningBucket,
  key: string,
  { contentType, disposition }: { contentType: string; disposition: string },
  expiresSeconds: number,
): Promise<string> {
  const url = bucket.urlOf(key);
  url.searchParams.set("response-content-type", contentType);
  url.searchParams.set("response-content-disposition", disposition);
  return presign(bucket, { method: "GET", url }, {}, expiresSeconds);
}

async function presign(
  { client }: SigningBucket,
  { method, url }: { method: string; url: URL },
  headers: Record<string, string>,
  expiresSeconds: number,
): Promise<string> {
  url.searchParams.set("X-Amz-Expires", String(expiresSeconds));
  // Without `allHeaders` the signature would leave out length and type.
  const aws = { signQuery: true, allHeaders: true };
  const signed = await client.sign(url.href, { method, headers, aws });
  // Not every server decodes `+` as a space.
  return signed.url.replaceAll("+", "%20");
}
