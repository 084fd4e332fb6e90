/** The product's own client, as the Worker has it, against the local bucket. */
import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import type { StorageClient } from "../../src/clients/storage.ts";
import {
  bytesOf,
  hashOf,
  newKey,
  openOwnBucket,
  type OwnBucket,
  problemOf,
  read,
} from "../support/own-bucket.ts";

let bucket: OwnBucket;
let storage: StorageClient;
beforeAll(async () => {
  bucket = await openOwnBucket();
  storage = bucket.storage;
});
afterAll(() => bucket.close());

const store = (text: string, key?: string) => bucket.store(text, key);

async function inject(fault: object): Promise<void> {
  const url = new URL(`/_control/faults/${crypto.randomUUID()}`, bucket.endpoint);
  await fetch(url, { method: "PUT", body: JSON.stringify({ times: 1, ...fault }) });
}

async function callsOf(contains: string): Promise<string[]> {
  const url = new URL(`/_control/calls`, bucket.endpoint);
  url.searchParams.set("contains", contains);
  const calls = (await (await fetch(url)).json()) as { body: string }[];
  return calls.map(({ body }) => body);
}

describe("an object", () => {
  it("is stored with its type and checksum, and read back byte for byte, whole or from its start", async () => {
    const bytes = new Uint8Array(randomBytes(3_000_000));
    const key = newKey();
    await storage.put(key, bytes, { contentType: "application/pdf", sha256: hashOf(bytes) });
    expect(await storage.head(key)).toEqual({
      size: bytes.length,
      contentType: "application/pdf",
      sha256: hashOf(bytes),
    });
    const whole = await storage.get(key);
    expect(whole?.size).toBe(bytes.length);
    expect(hashOf(await new Response(whole?.body).bytes())).toBe(hashOf(bytes));
    const start = await storage.get(key, 10);
    expect(start?.size).toBe(bytes.length);
    expect(await new Response(start?.body).bytes()).toEqual(bytes.slice(0, 10));
  });

  it("may be empty, and shorter than what is asked for", async () => {
    expect(await read(await storage.get(await store(""), 10))).toEqual({ size: 0, text: "" });
    expect(await read(await storage.get(await store("")))).toEqual({ size: 0, text: "" });
    expect(await read(await storage.get(await store("abc"), 10))).toEqual({ size: 3, text: "abc" });
  });

  it.each(["files/a+b c&d=e?f#g%2F/h", "files/Grüße 𝒳/ж.pdf", "files/(!'*)~;:@$,[]", "files//x/"])(
    "has any key: %s",
    async (name) => {
      const key = `${crypto.randomUUID()}/${name}`;
      await store("found", key);
      expect(await read(await storage.get(key))).toEqual({ size: 5, text: "found" });
      const prefix = key.slice(0, 37);
      expect((await storage.list(prefix, undefined)).map((object) => object.key)).toEqual([key]);
      const url = await storage.presignGet(
        key,
        { contentType: "text/x", disposition: "inline" },
        60,
      );
      expect(await (await fetch(url)).text()).toBe("found");
      await storage.delete(key);
      expect(await storage.head(key)).toBeUndefined();
    },
  );

  it("that is not there is undefined, and deleting it succeeds", async () => {
    const key = newKey();
    expect(await storage.get(key)).toBeUndefined();
    expect(await storage.head(key)).toBeUndefined();
    await storage.delete(key);
  });

  it("is refused, and not stored, when its bytes are not those that were announced", async () => {
    const key = newKey();
    const put = storage.put(key, bytesOf("other"), {
      contentType: "text/plain",
      sha256: hashOf(bytesOf("said")),
    });
    expect(await problemOf(put)).toBe("storage_unavailable");
    expect(await storage.head(key)).toBeUndefined();
  });
});

describe("a list of objects", () => {
  it("is in the order of their keys, from after one on, with sizes and times", async () => {
    const prefix = `${crypto.randomUUID()}/`;
    for (const name of ["b", "a", "c&<d>"]) await store(name, prefix + name);
    const all = await storage.list(prefix, undefined);
    expect(all.map(({ key, size }) => [key, size])).toEqual([
      [`${prefix}a`, 1],
      [`${prefix}b`, 1],
      [`${prefix}c&<d>`, 5],
    ]);
    for (const { modifiedAt } of all) {
      expect(Math.abs(Date.parse(modifiedAt) - Date.now())).toBeLessThan(60_000);
    }
    expect((await storage.list(prefix, `${prefix}a`)).map(({ key }) => key)).toEqual([
      `${prefix}b`,
      `${prefix}c&<d>`,
    ]);
  });
});

describe("an object in parts", () => {
  const PART_BYTES = 5 * 1024 * 1024;

  it("is there once its parts are joined, and not before", async () => {
    const key = newKey();
    const bytes = new Uint8Array(randomBytes(PART_BYTES + 7));
    const uploadId = await storage.openUpload(key, { contentType: "application/pdf" });
    const parts = [bytes.slice(0, PART_BYTES), bytes.slice(PART_BYTES)];
    const etags = [];
    for (const [index, part] of parts.entries()) {
      etags.push(await storage.putPart(key, uploadId, index + 1, part));
    }
    expect(await storage.head(key)).toBeUndefined();
    expect(await storage.listUploads(key)).toEqual([
      { key, uploadId, openedAt: expect.stringMatching(/^\d{4}-.*Z$/) },
    ]);
    await storage.completeUpload(key, uploadId, etags);
    expect(await storage.head(key)).toMatchObject({
      size: bytes.length,
      contentType: "application/pdf",
    });
    expect(hashOf(await new Response((await storage.get(key))?.body).bytes())).toBe(hashOf(bytes));
    expect(await storage.listUploads(key)).toEqual([]);
  });

  it("is given up as often as one likes, and cannot be joined then", async () => {
    const key = newKey();
    const uploadId = await storage.openUpload(key, { contentType: "text/plain" });
    const etag = await storage.putPart(key, uploadId, 1, bytesOf("part"));
    await storage.abortUpload(key, uploadId);
    await storage.abortUpload(key, uploadId);
    expect(await problemOf(storage.completeUpload(key, uploadId, [etag]))).toBe(
      "storage_unavailable",
    );
    expect(await storage.listUploads(key)).toEqual([]);
  });
});

describe("a bucket that fails", () => {
  it("is asked once more where that is safe, and only then", async () => {
    const key = await store("kept");
    for (const kind of ["refuse", "cut_after_commit", "status"]) {
      await inject({ contains: `HEAD ${key}`, kind, status: 503 });
      expect(await storage.head(key)).toMatchObject({ size: 4 });
      await inject({ contains: `PUT ${key}`, kind, status: 500 });
      await store("kept", key);
    }
    await inject({ contains: `POST ${key}?uploads`, kind: "cut_after_commit" });
    const open = storage.openUpload(key, { contentType: "text/plain" });
    expect(await problemOf(open)).toBe("storage_unavailable");
    expect(await callsOf(`POST ${key}`)).toHaveLength(1);
  });

  it("is unavailable, in a second try too, and nothing of its words gets out", async () => {
    const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
    const key = await store("kept");
    await inject({ contains: `GET ${key}`, kind: "status", status: 503, times: 2 });
    expect(await problemOf(storage.get(key))).toBe("storage_unavailable");
    const lines = log.mock.calls.map(([line]) => String(line));
    log.mockRestore();
    expect(lines).toEqual([expect.stringContaining('"status":503')]);
    expect(lines.join("")).not.toMatch(/secret|files/);
  });

  it("that cuts a body in its middle fails the reader with a problem", async () => {
    const key = await store("x".repeat(300_000));
    await inject({ contains: `GET ${key}`, kind: "cut_midway" });
    expect(await problemOf(read(await storage.get(key)))).toBe("storage_unavailable");
  });

  it.each([
    ["the key", { AWS_ACCESS_KEY_ID: "WRONG" }],
    ["the secret", { AWS_SECRET_ACCESS_KEY: "wrong" }],
    ["the region", { AWS_REGION: "us-west-9" }],
    ["the bucket", { S3_BUCKET_NAME: "elsewhere" }],
    ["the address", { S3_ENDPOINT: "http://127.0.0.1:9" }],
  ])(
    "is unavailable where %s is wrong, and is never taken for an empty one",
    async (_what, wrong) => {
      const key = await store("kept");
      const other = bucket.clientWith(wrong);
      expect(other.isConfigured()).toBe(true);
      const reachable = other.isReachable(AbortSignal.timeout(5_000)).catch(() => false);
      expect(await reachable).toBe(false);
      const calls = [
        () => other.get(key),
        () => other.delete(key),
        () => other.list("files/", undefined),
        () => other.listUploads("files/"),
        () =>
          other.put(key, bytesOf("x"), { contentType: "text/plain", sha256: hashOf(bytesOf("x")) }),
      ];
      for (const call of calls) expect(await problemOf(call())).toBe("storage_unavailable");
      expect(await read(await storage.get(key))).toMatchObject({ text: "kept" });
    },
  );

  it("is told apart from one that is not configured", async () => {
    const other = bucket.clientWith({ S3_BUCKET_NAME: undefined });
    expect(other.isConfigured()).toBe(false);
    expect(await other.isReachable(AbortSignal.timeout(5_000))).toBe(false);
    for (const call of [
      () => other.get("a"),
      () => other.head("a"),
      () => other.delete("a"),
      () => other.list("", undefined),
    ]) {
      expect(await problemOf(call())).toBe("storage_not_configured");
    }
  });
});
