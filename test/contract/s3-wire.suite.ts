/** What a bucket must refuse, by requests that no SDK would send. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newKey, type S3Service } from "../support/own-bucket.ts";
import { send, signChunked, signFor } from "../support/signed-wire.ts";

const TEXT = "the text";
const HOUR_MS = 3_600_000;
const UNSIGNED = { "x-amz-content-sha256": "UNSIGNED-PAYLOAD" };

const ago = (ms: number) => new Date(Date.now() - ms);
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");

/** Call it inside a `describe`. */
export function promisesOfTheWire(start: () => Promise<S3Service>): void {
  let service: S3Service;
  let key: string;
  beforeAll(async () => {
    service = await start();
    key = newKey();
    const put = await signFor(service, key, { method: "PUT", headers: UNSIGNED, body: TEXT });
    expect(await send(put)).toEqual({ status: 200 });
  });
  afterAll(async () => {
    await send(await signFor(service, key, { method: "DELETE" }));
    await service.close();
  });
  describeSignatures(() => ({ service, key }));
  describePresigned(() => ({ service, key }));
  describeBodies(() => ({ service, key }));
}

type World = () => { service: S3Service; key: string };

function describeSignatures(world: World): void {
  it("refuses every unsigned request", async () => {
    const { service, key } = world();
    const { url } = await signFor(service, key, {});
    for (const method of ["GET", "PUT", "DELETE"]) {
      const asked = { url, init: { method, headers: {} } };
      expect(await send(asked)).toMatchObject({ status: 403, code: "AccessDenied" });
    }
  });

  it("binds a signature to method, key, query, signed headers and time", async () => {
    const { service, key } = world();
    const headers = { ...UNSIGNED, "x-amz-meta-a": "1" };
    const { url, init } = await signFor(service, key, { headers });
    const mismatch = { status: 403, code: "SignatureDoesNotMatch" };
    const changed = (headers: Record<string, string>) => ({
      ...init,
      headers: { ...init.headers, ...headers },
    });
    expect(await send({ url, init })).toEqual({ status: 200 });
    const spoilt = [
      { url, init: { ...init, method: "DELETE" } },
      { url: `${url}x`, init },
      { url: `${url}?versionId=1`, init },
      { url, init: changed({ "x-amz-meta-a": "2" }) },
      { url, init: changed({ "x-amz-content-sha256": hashOf("") }) },
    ];
    for (const one of spoilt) expect(await send(one)).toMatchObject(mismatch);
    const unsigned = { url, init: changed({ "x-amz-meta-b": "smuggled" }) };
    expect(await send(unsigned)).toMatchObject({ status: 403, code: "AccessDenied" });
    const late = await signFor(service, key, { at: ago(HOUR_MS) });
    expect(await send(late)).toMatchObject({ status: 403, code: "RequestTimeTooSkewed" });
  });

  it("refuses malformed signatures, and those for another region", async () => {
    const { service, key } = world();
    const { url, init } = await signFor(service, key, {});
    const malformed = { status: 400, code: "AuthorizationHeaderMalformed" };
    const half = (init.headers.authorization ?? "").split(", Signature")[0] ?? "";
    const headers = { ...init.headers, authorization: half };
    expect(await send({ url, init: { headers } })).toMatchObject(malformed);
    const other = await signFor({ ...service, region: "xx-nowhere-9" }, key, {});
    expect(await send(other)).toMatchObject(malformed);
  });
}

function describePresigned(world: World): void {
  describe("a signed URL", () => {
    it("works until it expires, and for nothing else", async () => {
      const { service, key } = world();
      const fresh = await signFor(service, key, { expires: 60 });
      expect(await send(fresh)).toEqual({ status: 200 });
      const expired = { status: 403, code: "AccessDenied", message: "Request has expired" };
      expect(await send(await signFor(service, key, { expires: 60, at: ago(61_000 * 2) }))).toEqual(
        expired,
      );
      const later = fresh.url.replace("Expires=60", "Expires=61");
      expect(await send({ ...fresh, url: later })).toMatchObject({ code: "SignatureDoesNotMatch" });
      const early = await signFor(service, key, { expires: 60, at: ago(-HOUR_MS) });
      expect(await send(early)).toMatchObject({ status: 403, code: "AccessDenied" });
    });

    it("is valid for at most a week, in whole seconds", async () => {
      const { service, key } = world();
      const malformed = { status: 400, code: "AuthorizationQueryParametersError" };
      const long = await signFor(service, key, { expires: 604_801 });
      expect(await send(long)).toMatchObject(malformed);
      const { url, init } = await signFor(service, key, { expires: 60 });
      const half = url.replace(/&X-Amz-SignedHeaders=[^&]*/, "");
      expect(await send({ url: half, init })).toMatchObject(malformed);
    });

    it("may fix response headers", async () => {
      const { service, key } = world();
      const query = { "response-content-type": "text/x", "response-cache-control": "no-store" };
      const { url } = await signFor(service, key, { expires: 60, query });
      const { headers } = await fetch(url);
      expect([headers.get("content-type"), headers.get("cache-control")]).toEqual([
        "text/x",
        "no-store",
      ]);
    });
  });
}

function describeBodies(world: World): void {
  it("stores no body whose hash differs from the signed one", async () => {
    const { service } = world();
    const headers = { "x-amz-content-sha256": hashOf(TEXT) };
    const key = newKey();
    const put = await signFor(service, key, { method: "PUT", headers, body: `${TEXT}!` });
    expect(await send(put)).toMatchObject({ status: 400, code: "XAmzContentSHA256Mismatch" });
    expect(await send(await signFor(service, key, {}))).toMatchObject({ code: "NoSuchKey" });
  });

  it("accepts a body in signed chunks, with and without a trailing checksum", async () => {
    const { service, key } = world();
    const pieces = ["x".repeat(8192), "y".repeat(9000), "z"];
    const checksum = Buffer.alloc(4);
    checksum.writeUInt32BE(crc32(pieces.join("")));
    const trailer: [string, string] = ["x-amz-checksum-crc32", checksum.toString("base64")];
    for (const how of [{ pieces }, { pieces, trailer }]) {
      expect(await send(await signChunked(service, key, how))).toEqual({ status: 200 });
      const { url, init } = await signFor(service, key, {});
      const response = await fetch(url, init);
      expect(response.headers.get("content-encoding")).toBeNull();
      expect(await response.text()).toBe(pieces.join(""));
    }
  });

  it("refuses bodies whose chunks were changed, omitted, reordered or cut off", async () => {
    const { service } = world();
    const key = newKey();
    const pieces = ["a".repeat(8192), "b".repeat(8192)];
    const trailer: [string, string] = ["x-amz-checksum-crc32", "AAAAAA=="];
    const piece = (letter: string) => new RegExp(`2000;[^\\r]*\\r\\n${letter}+\\r\\n`);
    const mismatch = "SignatureDoesNotMatch";
    const spoilt: [string, Parameters<typeof signChunked>[2]][] = [
      [mismatch, { pieces, spoil: (body) => body.replace("aaaa", "aaac") }],
      [mismatch, { pieces, spoil: (body) => body.replace(piece("a"), "") }],
      [mismatch, { pieces, spoil: (body) => body.replace(/(2000.*a\r\n)(2000.*b\r\n)/s, "$2$1") }],
      ["IncompleteBody", { pieces, spoil: (body) => body.slice(0, 9_000) }],
      ["BadDigest", { pieces, trailer }],
      [mismatch, { pieces, trailer, spoil: (body) => body.replace("AAAAAA==", "BBBBBB==") }],
    ];
    for (const [code, how] of spoilt) {
      expect(await send(await signChunked(service, key, how))).toMatchObject({ code });
    }
    expect(await send(await signFor(service, key, {}))).toMatchObject({ code: "NoSuchKey" });
  });
}
