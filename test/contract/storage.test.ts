/** The product's own client, as the Worker has it. */
import {
  afterAll,
  afterEach,
  beforeAll,
  beforeEach,
  describe,
  expect,
  it,
  type MockInstance,
  vi,
} from "vitest";
import { listen } from "../../local/http-server.ts";
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
  services,
  store,
} from "../support/own-bucket.ts";
import { promisesOfStorage } from "./storage.suite.ts";

/** Collects the client's log. */
let log: MockInstance<typeof console.error>;
beforeEach(() => {
  log = vi.spyOn(console, "error").mockImplementation(() => undefined);
});
afterEach(() => log.mockRestore());

describe.each(services)("%s", (_name, start) => {
  promisesOfStorage(start);
});

let now = () => Date.now();
let s3: LocalS3;
let storage: StorageClient;
beforeAll(async () => {
  s3 = await openOwnBucket({ now: () => now() });
  storage = clientOf(s3);
});
afterAll(() => s3.close());

const controlHeaders = () => ({ authorization: `Bearer ${s3.controlKey}` });

async function inject(fault: object): Promise<void> {
  const url = new URL(`/_control/faults/${crypto.randomUUID()}`, s3.endpoint);
  const body = JSON.stringify({ times: 1, ...fault });
  await fetch(url, { method: "PUT", headers: controlHeaders(), body });
}

describe("a signed upload to the local S3", () => {
  it("is valid neither after its expiry nor before its start", async () => {
    const bytes = bytesOf("exactly these bytes");
    const object = { contentType: "text/plain", sha256: hashOf(bytes), size: bytes.length };
    const { method, url, headers } = await storage.presignPut(newKey(), object, 60);
    const put = () => fetch(url, { method, headers, body: bytes });
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

describe("a failing bucket", () => {
  it("is retried once", async () => {
    const key = await store(storage, "kept");
    for (const kind of ["refuse", "cut_after_commit", "status"]) {
      await inject({ contains: `HEAD ${key}`, kind, status: 503 });
      expect(await storage.head(key)).toMatchObject({ size: 4 });
      await inject({ contains: `PUT ${key}`, kind, status: 500 });
      await store(storage, "kept", key);
    }
  });

  it("is unavailable after the second try too, and none of its text is exposed", async () => {
    const key = await store(storage, "kept");
    await inject({ contains: `GET ${key}`, kind: "status", status: 503, times: 2 });
    expect(await problemOf(storage.get(key))).toBe("storage_unavailable");
    const lines = log.mock.calls.map(([line]) => String(line));
    expect(lines).toEqual([expect.stringContaining('"status":503')]);
    expect(lines.join("")).not.toMatch(/secret|files/);
  });

  it("that cuts a body in the middle fails the download with a problem", async () => {
    const key = await store(storage, "x".repeat(300_000));
    await inject({ contains: `GET ${key}`, kind: "cut_midway" });
    expect(await problemOf(read(await storage.get(key)))).toBe("storage_unavailable");
  });

  it.each([
    ["the key", { AWS_ACCESS_KEY_ID: "WRONG" }],
    ["the secret", { AWS_SECRET_ACCESS_KEY: "wrong" }],
    ["the region", { AWS_REGION: "us-west-9" }],
    ["the bucket", { S3_BUCKET_NAME: "elsewhere" }],
    ["the address", { S3_ENDPOINT: "http://127.0.0.1:9" }],
  ])("is unavailable, never taken for an empty one, where %s is wrong", async (_what, wrong) => {
    const key = await store(storage, "kept");
    const other = clientOf(s3, wrong);
    expect(other.isConfigured()).toBe(true);
    const reachable = other.isReachable(AbortSignal.timeout(5_000)).catch(() => false);
    expect(await reachable).toBe(false);
    const calls = [
      () => other.get(key),
      () => other.delete(key),
      () => other.list("files/", undefined),
      () =>
        other.put(key, bytesOf("x"), { contentType: "text/plain", sha256: hashOf(bytesOf("x")) }),
    ];
    for (const call of calls) expect(await problemOf(call())).toBe("storage_unavailable");
    expect(await read(await storage.get(key))).toMatchObject({ text: "kept" });
  });

  it("that redirects is not followed: the signature would go along", async () => {
    const trap: string[] = [];
    const elsewhere = await listen(async ({ url = "" }, response) => {
      trap.push(url);
      response.end();
    });
    const pointing = await listen(async (_request, response) => {
      response.writeHead(307, { location: elsewhere.origin }).end();
    });
    const other = clientOf(s3, { S3_ENDPOINT: pointing.origin });
    expect(await problemOf(other.get("a"))).toBe("storage_unavailable");
    expect(await other.isReachable(AbortSignal.timeout(5_000))).toBe(false);
    expect(trap).toEqual([]);
    await Promise.all([elsewhere.close(), pointing.close()]);
  });

  it("that stops responding is given up on after the timeout", async () => {
    const asked = Promise.withResolvers<void>();
    const silent = await listen(async ({ url = "" }, response) => {
      if (url.endsWith("begun")) response.writeHead(200, { "content-length": 9 }).write("begin");
      else asked.resolve();
    });
    const other = clientOf(s3, { S3_ENDPOINT: silent.origin });
    const begun = await other.get("begun");
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const calls = [problemOf(other.head("silent")), problemOf(read(begun))];
    await asked.promise;
    vi.advanceTimersByTime(30_000);
    vi.useRealTimers();
    expect(await Promise.all(calls)).toEqual(["storage_unavailable", "storage_unavailable"]);
    await silent.close();
  });

  it("is distinguished from one that is not configured", async () => {
    const other = clientOf(s3, { S3_BUCKET_NAME: undefined });
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
