/** What a test can inspect of the bucket: the calls of the Worker, faults to inject, and its content. */
import { inject } from "vitest";
import type { S3Call, S3Fault, SeenObject } from "../../local/s3/control.ts";
import type { LocalS3 } from "../../local/s3.ts";

export type BucketAccess = Pick<LocalS3, "endpoint" | "controlKey">;

export type SeenBucket = {
  /**
   * The calls that contain a text, such as `PUT files/` and an id; oldest first. Presigned ones are among
   * them.
   */
  bucketCalls: (contains: string) => Promise<S3Call[]>;
  /** The objects whose keys contain a text, such as a file's id. */
  objectsWith: (contains: string) => Promise<SeenObject[]>;
  /** Injects a fault into the next calls that contain a text; returns how to remove it. */
  injectBucketFault: (fault: S3Fault) => Promise<() => Promise<void>>;
  /** Puts an object into the bucket without the product, with the given age. */
  plantObject: (key: string, text?: string, at?: Date) => Promise<void>;
  /** Deletes an object without the product. */
  loseObject: (key: string) => Promise<void>;
};

/** The bucket of a local S3, through its control endpoint. */
export function bucketAt({ endpoint, controlKey }: BucketAccess): SeenBucket {
  const headers = { authorization: `Bearer ${controlKey}` };
  const call = async (
    method: string,
    path: string,
    query: Record<string, string> = {},
    body?: string,
  ) => {
    const url = new URL(`/_control/${path}`, endpoint);
    url.search = new URLSearchParams(query).toString();
    return (await fetch(url, { method, headers, ...(body !== undefined && { body }) })).json();
  };
  return {
    bucketCalls: (contains) => call("GET", "calls", { contains }) as Promise<S3Call[]>,
    objectsWith: (contains) => call("GET", "objects", { contains }) as Promise<SeenObject[]>,
    injectBucketFault: async (fault) => {
      const path = `faults/${crypto.randomUUID()}`;
      await call("PUT", path, {}, JSON.stringify(fault));
      return async () => {
        await call("DELETE", path);
      };
    },
    plantObject: async (key, text = "planted", at = new Date()) => {
      await call("PUT", "objects", { key, at: at.toISOString() }, text);
    },
    loseObject: async (key) => {
      await call("DELETE", "objects", { key });
    },
  };
}

/** The bucket of all tests. */
export const { bucketCalls, objectsWith, injectBucketFault, plantObject, loseObject } = bucketAt({
  endpoint: inject("s3Url"),
  controlKey: inject("controlKeys").s3,
});
