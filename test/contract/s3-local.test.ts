/** What only the local S3 can show: its disk, its addresses, its CORS rule and its faults. */
import { readdir, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  inject,
  it,
  vi,
} from "vitest";
import type { LocalS3 } from "../../local/s3.ts";
import type { StorageClient } from "../../src/clients/storage.ts";
import {
  bytesOf,
  clientOf,
  hashOf,
  newKey,
  openOwnBucket,
  problemOf,
  read,
  store,
} from "../support/own-bucket.ts";
import { send, signFor } from "../support/signed-wire.ts";
import {
  bucketCalls,
  injectBucketFault,
  loseObject,
  objectsWith,
  plantObject,
} from "../support/storage.ts";
import { until } from "../support/until.ts";
import { makeFolder } from "../../local/scratch.ts";

/** Silences the client's log. */
beforeEach(() => {
  const log = vi.spyOn(console, "error").mockImplementation(() => undefined);
  return () => log.mockRestore();
});

const PAGE = "http://localhost:3000";

let s3: LocalS3;
let storage: StorageClient;
beforeAll(async () => {
  s3 = await openOwnBucket({ origins: [PAGE, "https://*.example.com", "null"] });
  storage = clientOf(s3);
});
afterAll(() => s3.close());

describe("a page in a browser", () => {
  const preflight = (origin: string, method: string, headers = "content-type") =>
    fetch(`${s3.endpoint}/${s3.bucket}/${newKey()}`, {
      method: "OPTIONS",
      headers: {
        origin,
        "access-control-request-method": method,
        "access-control-request-headers": headers,
      },
    });

  it("may send and read from the allowed origins, with any header", async () => {
    for (const origin of [PAGE, "https://a.example.com", "null"]) {
      for (const method of ["PUT", "GET", "HEAD"]) {
        const asked = await preflight(origin, method, "content-type,x-amz-checksum-sha256");
        expect(asked.status).toBe(200);
        expect(asked.headers.get("access-control-allow-origin")).toBe(origin);
        expect(asked.headers.get("access-control-allow-credentials")).toBe("true");
        expect(asked.headers.get("access-control-allow-methods")).toContain(method);
        const allowed = asked.headers.get("access-control-allow-headers");
        expect(allowed).toBe("content-type,x-amz-checksum-sha256");
      }
    }
  });

  it("may do nothing else, and nothing from other origins", async () => {
    const refused = [
      preflight(PAGE, "DELETE"),
      preflight("http://localhost:3001", "PUT"),
      preflight("https://example.com.evil", "PUT"),
    ];
    for (const response of await Promise.all(refused)) {
      expect(response.status).toBe(403);
      expect(response.headers.get("access-control-allow-origin")).toBeNull();
    }
  });

  it("reads the response to its signed upload, also a refusal; another page reads neither", async () => {
    const bytes = bytesOf("from a page");
    const object = { contentType: "text/plain", sha256: hashOf(bytes), size: bytes.length };
    const { url, method, headers } = await storage.presignPut(newKey(), object, 60);
    const put = async (origin: string, type = "text/plain") => {
      const sent = { ...headers, origin, "content-type": type };
      const { status, headers: got } = await fetch(url, { method, body: bytes, headers: sent });
      const exposed = got.get("access-control-expose-headers")?.includes("ETag") ?? false;
      return [status, got.get("access-control-allow-origin"), exposed];
    };
    expect(await put(PAGE)).toEqual([200, PAGE, true]);
    expect(await put(PAGE, "text/html")).toEqual([403, PAGE, true]);
    expect(await put("http://localhost:3001")).toEqual([403, null, false]);
  });
});

describe("an address", () => {
  it("may have the bucket in its host, as Amazon does", async () => {
    const key = await store(storage, "by host");
    const amazon = clientOf(s3, { S3_ENDPOINT: undefined });
    const answer = { contentType: "text/plain", disposition: "inline" };
    const url = new URL(await amazon.presignGet(key, answer, 60));
    expect(url.origin + url.pathname).toBe(`https://contract.s3.eu-x-1.amazonaws.com/${key}`);
    expect(await getAs(url)).toBe("by host");
  });

  it("has the bucket in its path where no certificate would match, as other providers do", async () => {
    const answer = { contentType: "text/plain", disposition: "inline" };
    const dotted = clientOf(s3, { S3_ENDPOINT: undefined, S3_BUCKET_NAME: "a.b" });
    const url = await dotted.presignGet("k", answer, 60);
    expect(url).toContain("https://s3.eu-x-1.amazonaws.com/a.b/k?");
    const slashed = clientOf(s3, { S3_ENDPOINT: `${s3.endpoint}/` });
    expect(await slashed.presignGet("k", answer, 60)).toContain(`${s3.endpoint}/contract/k?`);
  });

  /** Requests the local server under another host name. */
  function getAs({ host, pathname, search }: URL): Promise<string> {
    const { promise, resolve, reject } = Promise.withResolvers<string>();
    const options = { port: new URL(s3.endpoint).port, path: pathname + search, headers: { host } };
    const asked = request(options, (response) => resolve(text(response)));
    asked.once("error", reject).end();
    return promise;
  }

  it.each([
    ["the older list", "GET", "", {}],
    ["rights", "GET", "key", { acl: "" }],
    ["labels", "PUT", "key", { tagging: "" }],
    ["versions", "DELETE", "key", { versionId: "1" }],
    ["a new bucket", "PUT", "", {}],
    ["a multipart upload", "POST", "key", { uploads: "" }],
    ["a part", "PUT", "key", { partNumber: "1", uploadId: "1" }],
    ["a list of multipart uploads", "GET", "", { uploads: "" }],
  ])(
    "that is not supported here is refused rather than taken for another: %s",
    async (_what, method, key, query) => {
      const signed = await signFor(s3, key, { method, query });
      expect(await send(signed)).toMatchObject({ status: 501, code: "NotImplemented" });
    },
  );

  it("refuses a copy, and a body of unknown length", async () => {
    const headers = { "x-amz-copy-source": "/contract/other" };
    const copy = await signFor(s3, newKey(), { method: "PUT", headers });
    expect(await send(copy)).toMatchObject({ code: "NotImplemented" });
    const { url, init } = await signFor(s3, newKey(), { method: "PUT" });
    const body = new Blob(["x"]).stream();
    const streamed = { url, init: { ...init, body, duplex: "half" } };
    expect(await send(streamed)).toMatchObject({ status: 411, code: "MissingContentLength" });
  });
});

describe("the disk", () => {
  let folder: Awaited<ReturnType<typeof makeFolder>>;
  let own: LocalS3;
  beforeEach(async () => {
    folder = await makeFolder("s3-disk");
    own = await openOwnBucket({ folder: folder.path });
  });
  afterEach(async () => {
    await own.close();
    await folder.remove();
  });

  const dataFiles = () => readdir(join(folder.path, "data"));

  it("keeps objects across a restart, and nothing unfinished", async () => {
    const client = clientOf(own);
    const key = await store(client, "kept");
    await own.close();
    await writeFile(join(folder.path, "data", "halfway"), "lost");
    await writeFile(join(folder.path, "objects", "x.json.1.new"), "{");
    own = await openOwnBucket({ folder: folder.path });
    const again = clientOf(own);
    expect(await read(await again.get(key))).toEqual({ size: 4, text: "kept" });
    expect(await again.head(key)).toMatchObject({ sha256: hashOf(bytesOf("kept")) });
    expect(await dataFiles()).toHaveLength(1);
    expect(await readdir(join(folder.path, "objects"))).toHaveLength(1);
    await again.delete(key);
    expect(await dataFiles()).toEqual([]);
  });

  it("stores nothing of a body that breaks off or is refused, and keeps the previous object", async () => {
    const client = clientOf(own);
    const key = await store(client, "kept");
    const { url, init } = await signFor(own, key, {
      method: "PUT",
      headers: { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" },
    });
    const lines = Object.entries(init.headers).map(([name, value]) => `${name}: ${value}\r\n`);
    const { host, hostname, port, pathname } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.write(`PUT ${pathname} HTTP/1.1\r\nhost: ${host}\r\n${lines.join("")}`);
    socket.write("content-length: 100\r\n\r\nonly half");
    await until(async () => (await dataFiles()).length === 2);
    socket.destroy();
    await until(async () => (await dataFiles()).length === 1);
    const wrong = client.put(key, bytesOf("x"), {
      contentType: "text/x",
      sha256: hashOf(bytesOf("y")),
    });
    await expect(wrong).rejects.toThrow("storage_unavailable");
    expect(await dataFiles()).toHaveLength(1);
    expect(await read(await client.get(key))).toEqual({ size: 4, text: "kept" });
  });

  it("lets a download finish while the object is replaced or deleted", async () => {
    const client = clientOf(own);
    const long = "old ".repeat(500_000);
    const key = await store(client, long);
    const [one, other] = [await client.get(key), await client.get(key)];
    await store(client, "new", key);
    expect((await read(one))?.text).toBe(long);
    await client.delete(key);
    expect((await read(other))?.text).toBe(long);
  });
});

describe("a test", () => {
  it("lists and changes the bucket's content, and injects faults into calls to it", async () => {
    const key = newKey();
    const longAgo = new Date("2020-01-02T03:04:05.678Z");
    await plantObject(key, "orphan", longAgo);
    expect(await objectsWith(key)).toMatchObject([
      { key, size: 6, modifiedAt: longAgo.toISOString() },
    ]);
    const vars = inject("vars");
    const client = clientOf(s3, vars);
    const remove = await injectBucketFault({ contains: key, times: 9, kind: "refuse" });
    expect(await problemOf(client.head(key))).toBe("storage_unavailable");
    await remove();
    expect(await client.head(key)).toMatchObject({ size: 6 });
    const calls = (await bucketCalls(key)).map(({ body }) => body);
    expect(calls).toEqual(Array.from({ length: 3 }, () => `HEAD ${key}`));
    await loseObject(key);
    expect(await objectsWith(key)).toEqual([]);
    expect(await client.head(key)).toBeUndefined();
  });
});
