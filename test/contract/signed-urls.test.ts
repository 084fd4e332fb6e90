/** What a signed URL allows, and nothing beyond it. */
import { createHash } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StorageClient } from "../../src/clients/storage.ts";
import { bytesOf, hashOf, newKey, openOwnBucket, type OwnBucket } from "../support/own-bucket.ts";

let now = () => Date.now();
let bucket: OwnBucket;
let storage: StorageClient;
beforeAll(async () => {
  bucket = await openOwnBucket({ now: () => now() });
  storage = bucket.storage;
});
afterAll(() => bucket.close());

describe("a signed upload", () => {
  const TEXT = "exactly these bytes";

  async function sign(expiresSeconds = 60) {
    const key = newKey();
    const bytes = bytesOf(TEXT);
    const object = { contentType: "text/plain", sha256: hashOf(bytes), size: bytes.length };
    return { key, ...(await storage.presignPut(key, object, expiresSeconds)) };
  }

  it("stores exactly what was signed, by its URL and its headers alone", async () => {
    const { key, method, url, headers } = await sign();
    expect((await fetch(url, { method, headers, body: TEXT })).status).toBe(200);
    expect(await storage.head(key)).toEqual({
      size: TEXT.length,
      contentType: "text/plain",
      sha256: hashOf(bytesOf(TEXT)),
    });
  });

  it("takes no other length, bytes, type or checksum, and no other method or key", async () => {
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
    expect(await storage.head(key)).toBeUndefined();
  });

  it("is over after its time, and does not begin before", async () => {
    const { method, url, headers } = await sign(60);
    const put = () => fetch(url, { method, headers, body: TEXT });
    now = () => Date.now() + 61_000;
    const late = await put();
    now = () => Date.now() - 16 * 60_000;
    const early = await put();
    now = () => Date.now();
    expect(await late.text()).toContain("Request has expired");
    expect(await early.text()).toContain("Request is not yet valid");
    expect((await put()).status).toBe(200);
  });
});

describe("a signed download", () => {
  it("fixes type and disposition, and neither can be changed", async () => {
    const key = await bucket.store("the text");
    const disposition = `attachment; filename="a b+c.txt"; filename*=UTF-8''%C3%A4%20b%2Bc.txt`;
    const url = await storage.presignGet(key, { contentType: "application/x", disposition }, 60);
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
