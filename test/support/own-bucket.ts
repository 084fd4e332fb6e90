/** A bucket of a test's own, and the product's client for it, as the Worker has it. */
import { createHash } from "node:crypto";
import { type LocalS3, type S3Options, startS3 } from "../../local/s3.ts";
import {
  type BucketConfig,
  createStorageClient,
  type StorageClient,
} from "../../src/clients/storage.ts";
import { Problem } from "../../src/lib/problem.ts";

/** A bucket that speaks S3's protocol, local or remote. */
export type S3Service = {
  bucket: string;
  accessKeyId: string;
  secretAccessKey: string;
  region: string;
  /** Amazon's own by default. */
  endpoint?: string;
  close: () => Promise<void>;
};

const KEY = {
  accessKeyId: "CONTRACT",
  secretAccessKey: "quiet secret/of+this=test",
  region: "eu-x-1",
};

/** Starts one on this machine. */
export function openOwnBucket(options: Partial<S3Options> = {}): Promise<LocalS3> {
  return startS3({ ...KEY, bucket: "contract", control: true, ...options });
}

const {
  CONTRACT_S3_BUCKET: bucket,
  CONTRACT_S3_ACCESS_KEY_ID: accessKeyId,
  CONTRACT_S3_SECRET_ACCESS_KEY: secretAccessKey,
  CONTRACT_S3_REGION: region = "us-east-1",
  CONTRACT_S3_ENDPOINT: endpoint,
} = process.env;

/** The local one, and a real one where credentials for it are set. */
export const services: [string, () => Promise<S3Service>][] = [["The local S3", openOwnBucket]];
if (bucket && accessKeyId && secretAccessKey) {
  const real = { bucket, accessKeyId, secretAccessKey, region, ...(endpoint && { endpoint }) };
  services.push(["A real bucket", async () => ({ ...real, close: async () => undefined })]);
}

/** The variables with which a Worker reaches it. */
export function bucketVars(service: Omit<S3Service, "close">): Record<string, string> {
  return {
    AWS_ACCESS_KEY_ID: service.accessKeyId,
    AWS_SECRET_ACCESS_KEY: service.secretAccessKey,
    AWS_REGION: service.region,
    S3_BUCKET_NAME: service.bucket,
    ...(service.endpoint !== undefined && { S3_ENDPOINT: service.endpoint }),
  };
}

/** The product's client, which may get a wrong configuration. */
export function clientOf(service: S3Service, changed: BucketConfig = {}): StorageClient {
  return createStorageClient({ ...bucketVars(service), ...changed });
}

/** Stores a text as an object; returns its key. */
export async function store(storage: StorageClient, text: string, key = newKey()): Promise<string> {
  const bytes = bytesOf(text);
  await storage.put(key, bytes, { contentType: "text/plain", sha256: hashOf(bytes) });
  return key;
}

/** SHA-256 in lower-case hex. */
export const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

/** Unique to this run, also in a shared bucket. */
export const newKey = () => PREFIX + crypto.randomUUID();

/** The prefix of everything that these tests store. */
export const PREFIX = "contract/";

export const bytesOf = (text: string) => new TextEncoder().encode(text);

/** A fetched object as text. */
export async function read(opened: Awaited<ReturnType<StorageClient["get"]>>) {
  return opened && { size: opened.size, text: await new Response(opened.body).text() };
}

/** The code of the `Problem` with which a call fails. */
export async function problemOf(call: Promise<unknown>): Promise<string> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof Problem)) throw new Error("no problem", { cause: error });
  return error.code;
}
