/** The only file that signs requests to the bucket: S3, or anything that speaks its API. */
import { AwsClient } from "aws4fetch";
import type { Config } from "../env.ts";

/** What the bucket knows of an object. */
export type ObjectInfo = {
  size: number;
  contentType: string | undefined;
  /** Lower-case hex, where the bucket keeps one. */
  sha256: string | undefined;
};

/** What a client needs to send bytes to the bucket, or to read them from there, by itself. */
export type SignedRequest = { method: "PUT" | "GET"; url: string; headers: Record<string, string> };

/** Keys are made of ids. Every failure is a `Problem`: `storage_not_configured` or `storage_unavailable`. */
export type StorageClient = {
  isConfigured: () => boolean;
  /** Asks for the bucket itself: reads no object, and changes nothing. */
  isReachable: (signal: AbortSignal) => Promise<boolean>;
  /** Stores the bytes; the bucket checks them against the checksum (lower-case hex). */
  put: (
    key: string,
    bytes: Uint8Array<ArrayBuffer>,
    object: { contentType: string; sha256: string },
  ) => Promise<void>;
  /** The bytes of an object, or of the first `atMost` of them; undefined where there is none. */
  get: (
    key: string,
    atMost?: number,
  ) => Promise<{ size: number; body: ReadableStream<Uint8Array> } | undefined>;
  head: (key: string) => Promise<ObjectInfo | undefined>;
  /** Deleting what is not there succeeds. */
  delete: (key: string) => Promise<void>;
  /** A PUT of exactly these bytes: length, type and checksum are signed. */
  presignPut: (
    key: string,
    object: { contentType: string; sha256: string; size: number },
    expiresSeconds: number,
  ) => Promise<SignedRequest>;
  /** A GET that fixes what the bucket says of type and disposition. */
  presignGet: (
    key: string,
    answer: { contentType: string; disposition: string },
    expiresSeconds: number,
  ) => Promise<string>;
  /** Objects in the order of their keys, the next after one: at most 1,000. */
  list: (
    prefix: string,
    after: string | undefined,
  ) => Promise<{ key: string; size: number; modifiedAt: string }[]>;
  // An object in parts (S3 "multipart upload").
  openUpload: (key: string, object: { contentType: string }) => Promise<string>;
  putPart: (
    key: string,
    uploadId: string,
    part: number,
    bytes: Uint8Array<ArrayBuffer>,
  ) => Promise<string>;
  completeUpload: (key: string, uploadId: string, etags: string[]) => Promise<void>;
  abortUpload: (key: string, uploadId: string) => Promise<void>;
  /** Uploads that were opened and not ended. */
  listUploads: (prefix: string) => Promise<{ key: string; uploadId: string; openedAt: string }[]>;
};

const DEFAULT_REGION = "us-east-1";

export function createStorageClient(
  config: Config,
): Pick<StorageClient, "isConfigured" | "isReachable"> {
  const bucket = openBucket(config);
  return {
    isConfigured: () => bucket !== undefined,
    isReachable: async (signal) => {
      if (!bucket) return false;
      // A redirect would carry the signature to another host.
      const init = { method: "HEAD", signal, redirect: "manual" } as const;
      return (await bucket.client.fetch(bucket.url, init)).ok;
    },
  };
}

function openBucket(config: Config): { client: AwsClient; url: string } | undefined {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = config;
  const {
    AWS_REGION: region = DEFAULT_REGION,
    S3_BUCKET_NAME: name,
    S3_ENDPOINT: endpoint,
  } = config;
  if (!accessKeyId || !secretAccessKey || !name) return undefined;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: "s3", retries: 0 });
  // Other providers know a bucket by its path, Amazon by its host.
  const url = endpoint
    ? `${endpoint.replace(/\/$/, "")}/${encodeURIComponent(name)}`
    : `https://${name}.s3.${region}.amazonaws.com/`;
  return { client, url };
}
