/** What a client of S3 relies on, by the official SDK, for the stand-in and for a real bucket. */
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import * as s3 from "@aws-sdk/client-s3";
import { beforeAll, describe, expect, it } from "vitest";
import { newKey, type S3Service } from "../support/own-bucket.ts";
import { type Bucket, failureOf, md5Of, openBucket, textOf } from "../support/sdk-bucket.ts";

/** Call it inside a `describe`. */
export function promisesOfS3(start: () => Promise<S3Service>): void {
  const bucket = openBucket(start);
  describeObjects(bucket);
  describeConditions(bucket);
  describeChecksums(bucket);
  describeLists(bucket);
  describeStrangers(bucket);
}

function describeObjects({ at, client, put, get, head }: Bucket): void {
  it("has a bucket", async () => {
    const { $metadata } = await client().send(new s3.HeadBucketCommand(at()));
    expect($metadata.httpStatusCode).toBe(200);
  });

  it("keeps bytes, type and metadata of an object", async () => {
    const Key = newKey();
    const Body = randomBytes(70_000);
    const said = {
      ContentType: "application/pdf",
      ContentDisposition: 'attachment; filename="a.pdf"',
      CacheControl: "no-store",
      Metadata: { owner: "ada & co" },
    };
    const { ETag } = await put({ Key, Body, ...said });
    expect(ETag).toBe(`"${md5Of(Body)}"`);
    expect(await head(Key)).toMatchObject({ ...said, ETag, ContentLength: Body.length });
    const got = await get({ Key });
    expect(got).toMatchObject({ ...said, ETag, AcceptRanges: "bytes" });
    expect(Buffer.from((await got.Body?.transformToByteArray()) ?? [])).toEqual(Body);
    expect(Math.abs((got.LastModified?.getTime() ?? 0) - Date.now())).toBeLessThan(60_000);
  });

  it("accepts streamed and empty bodies", async () => {
    const Key = newKey();
    const pieces = Array.from({ length: 40 }, () => randomBytes(9_000));
    const whole = Buffer.concat(pieces);
    await put({ Key, Body: Readable.from(pieces), ContentLength: whole.length });
    expect(md5Of((await (await get({ Key })).Body?.transformToByteArray()) ?? "")).toBe(
      md5Of(whole),
    );
    expect(await head(Key)).not.toHaveProperty("ContentEncoding");
    await put({ Key, Body: "" });
    expect(await textOf(await get({ Key }))).toBe("");
  });

  it("returns ranges of an object, and none beyond it", async () => {
    const Key = newKey();
    await put({ Key, Body: "0123456789" });
    const range = async (Range: string) => {
      const got = await get({ Key, Range });
      return [got.$metadata.httpStatusCode, got.ContentRange, await textOf(got)];
    };
    expect(await range("bytes=2-4")).toEqual([206, "bytes 2-4/10", "234"]);
    expect(await range("bytes=7-")).toEqual([206, "bytes 7-9/10", "789"]);
    expect(await range("bytes=-2")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await range("bytes=8-99")).toEqual([206, "bytes 8-9/10", "89"]);
    expect(await failureOf(range("bytes=10-"))).toEqual(["InvalidRange", 416]);
  });

  it("applies the response headers that a request asks for", async () => {
    const Key = newKey();
    await put({ Key, Body: "x", ContentType: "text/html" });
    const wanted = { ContentType: "text/plain", ContentDisposition: 'attachment; filename="ä"' };
    const got = await get({
      Key,
      ResponseContentType: wanted.ContentType,
      ResponseContentDisposition: "attachment",
    });
    expect(got).toMatchObject({ ...wanted, ContentDisposition: "attachment" });
  });

  it("deletes one or many objects, and those that never existed", async () => {
    const Keys = [newKey(), newKey(), newKey()];
    for (const Key of Keys.slice(0, 2)) await put({ Key, Body: "x" });
    const [first = "", ...others] = Keys;
    await client().send(new s3.DeleteObjectCommand({ ...at(), Key: first }));
    await client().send(new s3.DeleteObjectCommand({ ...at(), Key: first }));
    const Delete = { Objects: others.map((Key) => ({ Key })) };
    const { Deleted } = await client().send(new s3.DeleteObjectsCommand({ ...at(), Delete }));
    expect(Deleted?.map(({ Key }) => Key).toSorted()).toEqual(others.toSorted());
    for (const Key of Keys) {
      expect(await failureOf(get({ Key }))).toEqual(["NoSuchKey", 404]);
      expect(await failureOf(head(Key))).toEqual(["NotFound", 404]);
    }
  });
}

function describeConditions({ put, get, head }: Bucket): void {
  it("writes conditionally: only if nothing is there, or if the tag matches", async () => {
    const Key = newKey();
    expect(await failureOf(put({ Key, Body: "0", IfMatch: '"none"' }))).toEqual(["NoSuchKey", 404]);
    const { ETag } = await put({ Key, Body: "1", IfNoneMatch: "*" });
    const refused = ["PreconditionFailed", 412];
    expect(await failureOf(put({ Key, Body: "2", IfNoneMatch: "*" }))).toEqual(refused);
    expect(await failureOf(put({ Key, Body: "2", IfMatch: `"${md5Of("0")}"` }))).toEqual(refused);
    expect(await textOf(await get({ Key }))).toBe("1");
    await put({ Key, Body: "3", IfMatch: ETag });
    expect(await textOf(await get({ Key }))).toBe("3");
  });

  it("lets exactly one of many conditional writes win", async () => {
    const Key = newKey();
    const puts = Array.from({ length: 10 }, (_, n) => put({ Key, Body: `${n}`, IfNoneMatch: "*" }));
    const outcomes = await Promise.allSettled(puts);
    const won = outcomes.flatMap(({ status }, n) => (status === "fulfilled" ? [`${n}`] : []));
    expect(won).toEqual([await textOf(await get({ Key }))]);
  });

  it("reads conditionally", async () => {
    const Key = newKey();
    const { ETag } = await put({ Key, Body: "1" });
    expect((await get({ Key, IfMatch: ETag })).ETag).toBe(ETag);
    expect(await failureOf(get({ Key, IfMatch: '"other"' }))).toEqual(["PreconditionFailed", 412]);
    const unchanged = get({ Key, IfNoneMatch: ETag });
    await expect(unchanged).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
    expect((await head(Key)).ETag).toBe(ETag);
  });
}

function describeChecksums({ at, client, put, get }: Bucket): void {
  const checksumOf = (name: string, text: string) => createHash(name).update(text).digest("base64");

  it("checks a SHA-256, stores it and returns it with the object", async () => {
    const Key = newKey();
    const ChecksumSHA256 = checksumOf("sha256", "the text");
    await put({ Key, Body: "the text", ChecksumSHA256 });
    const asked = { ...at(), Key, ChecksumMode: "ENABLED" } as const;
    expect(await client().send(new s3.HeadObjectCommand(asked))).toMatchObject({ ChecksumSHA256 });
    expect(await textOf(await get({ Key, ChecksumMode: "ENABLED" }))).toBe("the text");
  });

  it.each(["CRC32", "SHA1", "SHA256"] as const)(
    "verifies a %s, as a header and as a trailer",
    async (name) => {
      const Key = newKey();
      for (const Body of ["at once", Readable.from([Buffer.from("at "), Buffer.from("once")])]) {
        const stored = await put({ Key, Body, ContentLength: 7, ChecksumAlgorithm: name });
        expect(stored[`Checksum${name}`]).toMatch(/=$/);
        expect(await textOf(await get({ Key, ChecksumMode: "ENABLED" }))).toBe("at once");
      }
    },
  );

  it("stores nothing whose checksum or Content-MD5 does not match", async () => {
    const Key = newKey();
    const sha = put({ Key, Body: "the text", ChecksumSHA256: checksumOf("sha256", "another") });
    expect(await failureOf(sha)).toEqual(["BadDigest", 400]);
    const md5 = put({ Key, Body: "the text", ContentMD5: checksumOf("md5", "another") });
    expect(await failureOf(md5)).toEqual(["BadDigest", 400]);
    const none = put({ Key, Body: "the text", ContentMD5: "bm8=" });
    expect(await failureOf(none)).toEqual(["InvalidDigest", 400]);
    expect(await failureOf(get({ Key }))).toEqual(["NoSuchKey", 404]);
  });
}

function describeLists({ put, list }: Bucket): void {
  describe("a list", () => {
    const prefix = `${newKey()}/`;
    const names = ["a", "b+c d", "b/1", "b/2", "z&<ü>"];
    beforeAll(() => Promise.all(names.map((name) => put({ Key: prefix + name, Body: name }))));

    const keysOf = ({ Contents = [] }: s3.ListObjectsV2CommandOutput) =>
      Contents.map(({ Key = "" }) => Key.slice(prefix.length));

    it("is ordered by key, and limited to a prefix", async () => {
      const all = await list({ Prefix: prefix });
      expect(keysOf(all)).toEqual(names);
      expect(all).toMatchObject({ KeyCount: names.length, IsTruncated: false });
      expect(all.Contents?.[0]).toMatchObject({ Size: 1, ETag: `"${md5Of("a")}"` });
      expect(keysOf(await list({ Prefix: `${prefix}b/` }))).toEqual(["b/1", "b/2"]);
      expect(keysOf(await list({ Prefix: `${prefix}none` }))).toEqual([]);
    });

    it("comes in pages, each after the last, or after a key", async () => {
      const pages: string[][] = [];
      let token: string | undefined;
      do {
        const next = token === undefined ? {} : { ContinuationToken: token };
        const page = await list({ Prefix: prefix, MaxKeys: 2, ...next });
        pages.push(keysOf(page));
        token = page.NextContinuationToken;
        expect(page.IsTruncated).toBe(token !== undefined);
      } while (token);
      expect(pages).toEqual([["a", "b+c d"], ["b/1", "b/2"], ["z&<ü>"]]);
      const after = await list({ Prefix: prefix, StartAfter: `${prefix}b/1` });
      expect(keysOf(after)).toEqual(["b/2", "z&<ü>"]);
    });

    it("groups keys up to a delimiter", async () => {
      const page = await list({ Prefix: prefix, Delimiter: "/" });
      expect(keysOf(page)).toEqual(["a", "b+c d", "z&<ü>"]);
      expect(page.CommonPrefixes).toEqual([{ Prefix: `${prefix}b/` }]);
    });

    it("may encode its keys, for what XML cannot hold", async () => {
      const page = await list({ Prefix: `${prefix}z`, EncodingType: "url" });
      expect(keysOf(page).map(decodeURIComponent)).toEqual(["z&<ü>"]);
    });
  });
}

function describeStrangers({ at, as, get }: Bucket): void {
  it.each([
    ["another secret", { secretAccessKey: "wrong" }, ["SignatureDoesNotMatch", 403]],
    ["a key that is none", { accessKeyId: "AKIAIOSFODNN7EXAMPLE" }, ["InvalidAccessKeyId", 403]],
  ])("refuses %s", async (_what, changed, failure) => {
    const stranger = as(changed);
    const Key = newKey();
    expect(await failureOf(stranger.send(new s3.GetObjectCommand({ ...at(), Key })))).toEqual(
      failure,
    );
    const put = stranger.send(new s3.PutObjectCommand({ ...at(), Key, Body: "x" }));
    expect(await failureOf(put)).toEqual(failure);
    expect(await failureOf(get({ Key }))).toEqual(["NoSuchKey", 404]);
  });
}
