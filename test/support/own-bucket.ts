/** A bucket of a test's own, and the product's client for it, as the Worker has it. */
import { createHash } from "node:crypto";
import { type LocalS3, type S3Options, startS3 } from "../../local/s3.ts";
import {
  type BucketConfig,
  createStorageClient,
  type StorageClient,
} from "../../src/clients/storage.ts";
import { Problem } from "../../src/lib/problem.ts";

const KEY = {
  accessKeyId: "CONTRACT",
  secretAccessKey: "quiet secret/of+this=test",
  region: "eu-x-1",
};

export type OwnBucket = LocalS3 & {
  storage: StorageClient;
  /** A client that is told something else. */
  clientWith: (changed: BucketConfig) => StorageClient;
  /** Stores a text as an object of its own; returns its key. */
  store: (text: string, key?: string) => Promise<string>;
};

export async function openOwnBucket(options: Partial<S3Options> = {}): Promise<OwnBucket> {
  const s3 = await startS3({ ...KEY, bucket: "contract", control: true, ...options });
  const clientWith = (changed: BucketConfig) =>
    createStorageClient({ ...configOf(s3), ...changed });
  const storage = clientWith({});
  const store = async (text: string, key = newKey()) => {
    const bytes = bytesOf(text);
    await storage.put(key, bytes, { contentType: "text/plain", sha256: hashOf(bytes) });
    return key;
  };
  return { ...s3, storage, clientWith, store };
}

function configOf(s3: LocalS3): BucketConfig {
  return {
    AWS_ACCESS_KEY_ID: s3.accessKeyId,
    AWS_SECRET_ACCESS_KEY: s3.secretAccessKey,
    AWS_REGION: s3.region,
    S3_BUCKET_NAME: s3.bucket,
    S3_ENDPOINT: s3.endpoint,
  };
}

/** SHA-256 in lower-case hex. */
export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export const newKey = () => `files/${crypto.randomUUID()}`;

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** What was got, as text. */
export async function read(opened: Awaited<ReturnType<StorageClient["get"]>>) {
  return opened && { size: opened.size, text: await new Response(opened.body).text() };
}

/** The code of the `Problem` with which a call fails. */
export async function problemOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error("no problem", { cause: error });
  return error.code;
}
