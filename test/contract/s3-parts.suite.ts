/** Multipart uploads, by the official SDK. */
import { createHash, randomBytes } from "node:crypto";
import * as s3 from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { newKey } from "../support/own-bucket.ts";
import { type Bucket, failureOf, md5Of, textOf } from "../support/sdk-bucket.ts";

/** The minimum size of a part that is not the last. */
const PART_BYTES = 5 * 1024 * 1024;

/** Call it inside a `describe`. */
export function describeParts({ at, client, get, head }: Bucket): void {
  const open = async (Key: string, rest: Partial<s3.CreateMultipartUploadCommandInput> = {}) => {
    const input = { ...at(), Key, ContentType: "application/pdf", ...rest };
    const { UploadId = "" } = await client().send(new s3.CreateMultipartUploadCommand(input));
    return { ...at(), Key, UploadId };
  };
  type Upload = Awaited<ReturnType<typeof open>>;
  const part = async (upload: Upload, PartNumber: number, Body: Uint8Array | string) => {
    const input = { ...upload, PartNumber, Body };
    const { ETag, ChecksumCRC32 } = await client().send(new s3.UploadPartCommand(input));
    return { PartNumber, ETag, ...(ChecksumCRC32 && { ChecksumCRC32 }) };
  };
  const join = (upload: Upload, Parts: s3.CompletedPart[], rest: { IfNoneMatch?: string } = {}) =>
    client().send(
      new s3.CompleteMultipartUploadCommand({ ...upload, ...rest, MultipartUpload: { Parts } }),
    );
  const abort = (upload: Upload) => client().send(new s3.AbortMultipartUploadCommand(upload));

  it("joins parts in order, the later one of a number replacing the earlier", async () => {
    const upload = await open(newKey());
    const [one, two] = [randomBytes(PART_BYTES), randomBytes(9)];
    const second = await part(upload, 2, two);
    await part(upload, 1, "replaced");
    const first = await part(upload, 1, one);
    const { Parts } = await client().send(new s3.ListPartsCommand(upload));
    expect(Parts?.map(({ PartNumber, Size, ETag }) => [PartNumber, Size, ETag])).toEqual([
      [1, one.length, first.ETag],
      [2, two.length, second.ETag],
    ]);
    const { ETag } = await join(upload, [first, second]);
    const tags = Buffer.concat([one, two].map((bytes) => createHash("md5").update(bytes).digest()));
    expect(ETag).toBe(`"${md5Of(tags)}-2"`);
    const { Key } = upload;
    expect(await head(Key)).toMatchObject({ ContentType: "application/pdf", ETag });
    const whole = await (await get({ Key })).Body?.transformToByteArray();
    expect(md5Of(whole ?? "")).toBe(md5Of(Buffer.concat([one, two])));
    expect(await failureOf(part(upload, 3, "late"))).toEqual(["NoSuchUpload", 404]);
  });

  it("joins nothing that differs from what was announced", async () => {
    const upload = await open(newKey());
    const [first, second] = [await part(upload, 1, "short"), await part(upload, 2, "last")];
    const refused = async (parts: s3.CompletedPart[]) => failureOf(join(upload, parts));
    expect(await refused([first, second])).toEqual(["EntityTooSmall", 400]);
    expect(await refused([second, first])).toEqual(["InvalidPartOrder", 400]);
    expect(await refused([{ ...first, ETag: second.ETag }])).toEqual(["InvalidPart", 400]);
    expect(await refused([first, { ...second, PartNumber: 3 }])).toEqual(["InvalidPart", 400]);
    expect(await failureOf(head(upload.Key))).toEqual(["NotFound", 404]);
    await join(upload, [first], { IfNoneMatch: "*" });
    expect(await textOf(await get({ Key: upload.Key }))).toBe("short");
    const again = await open(upload.Key);
    const other = join(again, [await part(again, 1, "other")], { IfNoneMatch: "*" });
    expect(await failureOf(other)).toEqual(["PreconditionFailed", 412]);
    await abort(again);
  });

  it("lists open uploads until they are joined or aborted", async () => {
    const prefix = `${newKey()}/`;
    const uploads = [await open(`${prefix}a`), await open(`${prefix}a`), await open(`${prefix}b`)];
    const list = async (rest: Partial<s3.ListMultipartUploadsCommandInput> = {}) => {
      const input = { ...at(), Prefix: prefix, ...rest };
      const page = await client().send(new s3.ListMultipartUploadsCommand(input));
      return { page, ids: (page.Uploads ?? []).map(({ UploadId }) => UploadId) };
    };
    const ids = uploads.map(({ UploadId }) => UploadId);
    expect(new Set((await list()).ids)).toEqual(new Set(ids));
    const { page, ids: some } = await list({ MaxUploads: 2 });
    expect([some.length, page.IsTruncated]).toEqual([2, true]);
    const { NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    const rest = await list({ KeyMarker, UploadIdMarker });
    expect(new Set([...some, ...rest.ids])).toEqual(new Set(ids));
    for (const upload of uploads) await abort(upload);
    expect((await list()).ids).toEqual([]);
    for (const upload of uploads) {
      expect(await failureOf(part(upload, 1, "late"))).toEqual(["NoSuchUpload", 404]);
    }
  });
}
