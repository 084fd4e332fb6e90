/** What the product relies on in its storage client, for the stand-in and for a real bucket. */
import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageClient } from "../../src/clients/storage.ts";
import {
  bytesOf,
  clientOf,
  hashOf,
  newKey,
  PREFIX,
  problemOf,
  read,
  type S3Service,
  store,
} from "../support/own-bucket.ts";

/** Call it inside a `describe`. */
const RANGE = { start: 0, length: 10 };

export function promisesOfStorage(start: () => Promise<S3Service>): void {
  let service: S3Service;
  let client: StorageClient;
  beforeAll(async () => {
    service = await start();
    client = clientOf(service);
  });
  afterAll(async () => {
    for (const { key } of await client.list(PREFIX, undefined)) await client.delete(key);
    await service.close();
  });
  const storage = () => client;
  describeObjects(storage);
  describeLists(storage);
  describeSignedUploads(storage);
  describeSignedDownloads(storage);
}

type Storage = () => StorageClient;

function describeObjects(storage: Storage): void {
  describe("an object", () => {
    it("is stored with its type and checksum, and read back byte for byte, whole or as a range", async () => {
      const bytes = new Uint8Array(randomBytes(3_000_000));
      const key = newKey();
      await storage().put(key, bytes, { contentType: "application/pdf", sha256: hashOf(bytes) });
      expect(await storage().head(key)).toEqual({
        size: bytes.length,
        contentType: "application/pdf",
        sha256: hashOf(bytes),
      });
      const whole = await storage().get(key);
      expect(whole?.size).toBe(bytes.length);
      expect(hashOf(await new Response(whole?.body).bytes())).toBe(hashOf(bytes));
      const start = await storage().get(key, { start: 0, length: 10 });
      expect(start?.size).toBe(bytes.length);
      expect(await new Response(start?.body).bytes()).toEqual(bytes.slice(0, 10));
      const middle = await storage().get(key, { start: 1_000_000, length: 5 });
      expect(middle?.size).toBe(bytes.length);
      expect(await new Response(middle?.body).bytes()).toEqual(bytes.slice(1_000_000, 1_000_005));
    });

    it("may be empty, and shorter than the requested range", async () => {
      expect(await read(await storage().get(await store(storage(), ""), RANGE))).toEqual({
        size: 0,
        text: "",
      });
      expect(await read(await storage().get(await store(storage(), "")))).toEqual({
        size: 0,
        text: "",
      });
      expect(await read(await storage().get(await store(storage(), "abc"), RANGE))).toEqual({
        size: 3,
        text: "abc",
      });
    });

    it.each([
      "files/a+b c&d=e?f#g%2F/h",
      "files/Grüße 𝒳/ж.pdf",
      "files/(!'*)~;:@$,[]",
      "files//x/",
    ])("accepts any key: %s", async (name) => {
      const key = `${newKey()}/${name}`;
      await store(storage(), "found", key);
      expect(await read(await storage().get(key))).toEqual({ size: 5, text: "found" });
      const prefix = key.slice(0, key.indexOf(name));
      expect((await storage().list(prefix, undefined)).map((object) => object.key)).toEqual([key]);
      const url = await storage().presignGet(
        key,
        { contentType: "text/x", disposition: "inline" },
        60,
      );
      expect(await (await fetch(url)).text()).toBe("found");
      await storage().delete(key);
      expect(await storage().head(key)).toBeUndefined();
    });

    it("that is missing is undefined, and deleting it succeeds", async () => {
      const key = newKey();
      expect(await storage().get(key)).toBeUndefined();
      expect(await storage().head(key)).toBeUndefined();
      await storage().delete(key);
    });

    it("is refused, and not stored, when its bytes differ from those announced", async () => {
      const key = newKey();
      const put = storage().put(key, bytesOf("other"), {
        contentType: "text/plain",
        sha256: hashOf(bytesOf("said")),
      });
      expect(await problemOf(put)).toBe("storage_unavailable");
      expect(await storage().head(key)).toBeUndefined();
    });
  });
}

function describeLists(storage: Storage): void {
  describe("a list of objects", () => {
    it("is ordered by key, starts after a key, and has sizes and times", async () => {
      const prefix = `${newKey()}/`;
      for (const name of ["b", "a", "c&<d>"]) await store(storage(), name, prefix + name);
      const all = await storage().list(prefix, undefined);
      expect(all.map(({ key, size }) => [key, size])).toEqual([
        [`${prefix}a`, 1],
        [`${prefix}b`, 1],
        [`${prefix}c&<d>`, 5],
      ]);
      for (const { modifiedAt } of all) {
        expect(Math.abs(Date.parse(modifiedAt) - Date.now())).toBeLessThan(60_000);
      }
      expect((await storage().list(prefix, `${prefix}a`)).map(({ key }) => key)).toEqual([
        `${prefix}b`,
        `${prefix}c&<d>`,
      ]);
    });
  });
}

function describeSignedUploads(storage: Storage): void {
  describe("a signed upload", () => {
    const TEXT = "exactly these bytes";

    async function sign(expiresSeconds = 60) {
      const key = newKey();
      const bytes = bytesOf(TEXT);
      const object = { contentType: "text/plain", sha256: hashOf(bytes), size: bytes.length };
      return { key, ...(await storage().presignPut(key, object, expiresSeconds)) };
    }

    it("stores exactly what was signed, by its URL and headers alone", async () => {
      const { key, method, url, headers } = await sign();
      expect((await fetch(url, { method, headers, body: TEXT })).status).toBe(200);
      expect(await storage().head(key)).toEqual({
        size: TEXT.length,
        contentType: "text/plain",
        sha256: hashOf(bytesOf(TEXT)),
      });
    });

    it("accepts no other length, bytes, type, checksum, method or key", async () => {
      const { key, url, headers } = await sign();
      const other = "other bytes, longer";
      const put = (changed: RequestInit, to = url) =>
        fetch(to, { method: "PUT", headers, body: TEXT, ...changed });
      const html = { ...headers, "content-type": "text/html" };
      const checksum = createHash("sha256").update(other).digest("base64");
      const refused = await Promise.all([
        put({ body: `${TEXT}!` }),
        put({ body: other.slice(0, TEXT.length) }),
        put({ headers: html }),
        put({ headers: { ...headers, "x-amz-checksum-sha256": checksum }, body: other }),
        put({ headers: { "content-type": "text/plain" } }),
        put({ headers: { ...headers, "x-amz-meta-more": "smuggled" } }),
        put({ method: "DELETE", body: null }),
        put({}, url.replace(key, `${key}x`)),
      ]);
      expect(refused.map(({ status }) => status)).toEqual([403, 400, 403, 403, 403, 403, 403, 403]);
      expect(await refused[1]?.text()).toContain("<Code>BadDigest</Code>");
      expect(await storage().head(key)).toBeUndefined();
    });
  });
}

function describeSignedDownloads(storage: Storage): void {
  describe("a signed download", () => {
    it("fixes type and disposition, and neither can be changed", async () => {
      const key = await store(storage(), "the text");
      const disposition = `attachment; filename="a b+c.txt"; filename*=UTF-8''%C3%A4%20b%2Bc.txt`;
      const url = await storage().presignGet(
        key,
        { contentType: "application/x", disposition },
        60,
      );
      const response = await fetch(url);
      expect(await response.text()).toBe("the text");
      expect(response.headers.get("content-type")).toBe("application/x");
      expect(response.headers.get("content-disposition")).toBe(disposition);
      expect((await fetch(url, { headers: { range: "bytes=4-" } })).status).toBe(206);
      const statuses = await Promise.all(
        [
          url.replace("application%2Fx", "text%2Fhtml"),
          url.replace("attachment", "inline"),
          url.replace(/&response-content-disposition=[^&]*/, ""),
          url.split("?")[0] ?? "",
        ].map(async (changed) => (await fetch(changed)).status),
      );
      expect(statuses).toEqual([403, 403, 403, 403]);
    });
  });
}
