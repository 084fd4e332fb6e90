/** The only file that signs requests to the bucket: S3, or anything that speaks its API. */
import { AwsClient } from "aws4fetch";
import type { Config } from "../env.ts";

export type StorageClient = {
  isConfigured: () => boolean;
  /** Asks for the bucket itself: reads no object, and changes nothing. */
  isReachable: (signal: AbortSignal) => Promise<boolean>;
};

const DEFAULT_REGION = "us-east-1";

export function createStorageClient(config: Config): StorageClient {
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
