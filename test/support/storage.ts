/** What a test sees of the bucket: the calls of the Worker, faults to come, and what lies in it. */
import { inject } from "vitest";
import type { S3Call, S3Fault, SeenObject, SeenUpload } from "../../local/s3/control.ts";

const control = (path: string, query: Record<string, string> = {}) => {
  const url = new URL(`/_control/${path}`, inject("s3Url"));
  url.search = new URLSearchParams(query).toString();
  return url;
};

async function find<T>(path: string, contains: string): Promise<T> {
  return (await (await fetch(control(path, { contains }))).json()) as T;
}

/** The calls that hold a text, such as `PUT files/` and an id; oldest first. Presigned ones are among them. */
export const bucketCalls = (contains: string) => find<S3Call[]>("calls", contains);

/** The objects whose keys hold a text, such as a file's id. */
export const objectsWith = (contains: string) => find<SeenObject[]>("objects", contains);

/** The uploads in parts that were opened and not ended, and whose keys hold a text. */
export const uploadsWith = (contains: string) => find<SeenUpload[]>("uploads", contains);

/** Lets the next calls that hold a text suffer a fault; returns how to take it away. */
export async function injectBucketFault(fault: S3Fault): Promise<() => Promise<void>> {
  const id = crypto.randomUUID();
  await fetch(control(`faults/${id}`), { method: "PUT", body: JSON.stringify(fault) });
  return async () => {
    await fetch(control(`faults/${id}`), { method: "DELETE" });
  };
}

/** Puts an object into the bucket behind the product's back, as old as it is to be. */
export async function plantObject(key: string, text = "planted", at = new Date()): Promise<void> {
  await fetch(control("objects", { key, at: at.toISOString() }), { method: "PUT", body: text });
}

/** Takes an object away behind the product's back. */
export async function loseObject(key: string): Promise<void> {
  await fetch(control("objects", { key }), { method: "DELETE" });
}

/** Opens an upload in parts behind the product's back, as long ago as it is to be. */
export async function plantUpload(key: string, at = new Date()): Promise<void> {
  await fetch(control("uploads", { key, at: at.toISOString() }), { method: "PUT" });
}
