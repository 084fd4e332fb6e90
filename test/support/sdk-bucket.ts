/** A bucket through the official SDK. */
import { createHash } from "node:crypto";
import * as s3 from "@aws-sdk/client-s3";
import { afterAll, beforeAll } from "vitest";
import { newKey, PREFIX, type S3Service } from "./own-bucket.ts";

const ignore = () => undefined;

type Key = { accessKeyId: string; secretAccessKey: string };

function clientOf({ endpoint, region }: S3Service, { accessKeyId, secretAccessKey }: Key) {
  return new s3.S3Client({
    region,
    credentials: { accessKeyId, secretAccessKey },
    maxAttempts: 1,
    // It warns about every empty body.
    logger: { debug: ignore, info: ignore, warn: ignore, error: ignore },
    ...(endpoint && { endpoint, forcePathStyle: true }),
  });
}

/** Shorthands for the common calls; everything else goes through `client`. */
export type Bucket = {
  at: () => { Bucket: string };
  client: () => s3.S3Client;
  put: (input: Partial<s3.PutObjectCommandInput>) => Promise<s3.PutObjectCommandOutput>;
  get: (
    input: { Key: string } & Partial<s3.GetObjectCommandInput>,
  ) => Promise<s3.GetObjectCommandOutput>;
  head: (key: string) => Promise<s3.HeadObjectCommandOutput>;
  list: (input: Partial<s3.ListObjectsV2CommandInput>) => Promise<s3.ListObjectsV2CommandOutput>;
  /** Another client. */
  as: (changed: Partial<Key>) => s3.S3Client;
};

/** S3's code of a failure, and its status. */
export async function failureOf(call: Promise<unknown>): Promise<[string, number | undefined]> {
  const error: unknown = await call.catch((thrown: unknown) => thrown);
  if (!(error instanceof s3.S3ServiceException)) throw new Error("no refusal", { cause: error });
  return [error.name, error.$metadata.httpStatusCode];
}

export const textOf = async ({ Body }: s3.GetObjectCommandOutput) => Body?.transformToString();
export const md5Of = (bytes: string | Uint8Array) => createHash("md5").update(bytes).digest("hex");

/** Opens it for the tests of a `describe`, and empties it afterwards. */
export function openBucket(start: () => Promise<S3Service>): Bucket {
  let service: S3Service;
  let client: s3.S3Client;
  beforeAll(async () => {
    service = await start();
    client = clientOf(service, service);
  });
  const at = () => ({ Bucket: service.bucket });
  const list = (input: Partial<s3.ListObjectsV2CommandInput>) =>
    client.send(new s3.ListObjectsV2Command({ ...at(), ...input }));
  afterAll(async () => {
    const { Contents = [] } = await list({ Prefix: PREFIX });
    const Delete = { Objects: Contents.map(({ Key }) => ({ Key })) };
    if (Contents.length > 0) await client.send(new s3.DeleteObjectsCommand({ ...at(), Delete }));
    client.destroy();
    await service.close();
  });
  return {
    at,
    list,
    client: () => client,
    put: (input) => client.send(new s3.PutObjectCommand({ ...at(), Key: newKey(), ...input })),
    get: (input) => client.send(new s3.GetObjectCommand({ ...at(), ...input })),
    head: (Key) => client.send(new s3.HeadObjectCommand({ ...at(), Key })),
    as: (changed) => clientOf(service, { ...service, ...changed }),
  };
}
