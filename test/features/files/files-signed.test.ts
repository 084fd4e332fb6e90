import { beforeAll, describe, expect, it } from "vitest";
import { contractPdf } from "../../fixtures/documents.ts";
import { type Body, expectProblem, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { mainPart, TYPES } from "../../fixtures/hostile.ts";
import { deflated, zipOf } from "../../fixtures/zip.ts";
import { announce, sendTo, settled, upload as uploadHere } from "../../support/files.ts";
import { atOnce, isReplayed, newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { bucketCalls, injectBucketFault, objectsWith, plantObject } from "../../support/storage.ts";

const TEXT = "The tenant pays the rent on the first day of each month.";

const DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const MACRO_TYPES = `<Types><Default Extension="bin" ContentType="application/vnd.ms-office.vbaProject"/><Override PartName="/word/document.xml" ContentType="application/vnd.ms-word.document.macroEnabled.main+xml"/></Types>`;

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

async function start(of: SignedIn, announced: Body, headers = {}): Promise<Body> {
  const { status, body } = await of.post("/files", announced, headers);
  expect(status, JSON.stringify(body)).toBe(201);
  return body;
}

const complete = (of: SignedIn, id: string) => of.post(`/files/${id}/complete`);

describe("a file uploaded straight to the bucket", () => {
  it("is announced, uploaded by the client itself, completed, and ingested", async () => {
    const bytes = await contractPdf();
    const { file, upload } = await start(ada, announce(bytes, "lease.pdf", "application/pdf"));
    expect(file).toMatchObject({ status: "pending", file_size: bytes.byteLength });
    const seconds = (Date.parse(upload.expires_at) - Date.now()) / 1000;
    expect(seconds).toBeGreaterThan(200);
    expect(seconds).toBeLessThan(301);
    expectProblem(await complete(ada, file.id), 409, "file_not_uploaded");
    expect((await sendTo(upload, bytes)).status).toBe(200);
    expect((await complete(ada, file.id)).status).toBe(200);
    expect(await settled(ada, file.id)).toMatchObject({ status: "ready", page_count: 2 });
  });

  it("is recognised as a Word document wherever its text stands in it, without macros", async () => {
    const picture = {
      name: "docProps/thumbnail.png",
      data: new Uint8Array(300_000),
      method: 0,
    } as const;
    const main = deflated("word/document.xml", mainPart("The rent is due."));
    const word = zipOf([TYPES, picture, main]);
    const { file, upload } = await start(ada, announce(word, "lease.docx", DOCX));
    expect((await sendTo(upload, word)).status).toBe(200);
    expect((await complete(ada, file.id)).status).toBe(200);
    expect((await settled(ada, file.id)).status).toBe("ready");
    expect((await bucketCalls(`GET files/${file.id}`)).length).toBeLessThan(20);
    const macros = { name: "word/vbaProject.bin", data: new Uint8Array(9), method: 0 } as const;
    const enabled = zipOf([deflated("[Content_Types].xml", MACRO_TYPES), main, macros]);
    const second = await start(ada, announce(enabled, "lease.docx", DOCX));
    await sendTo(second.upload, enabled);
    expectProblem(await complete(ada, second.file.id), 415, "unsupported_file");
    expectProblem(await uploadHere(ada, enabled, "lease.docx"), 415, "unsupported_file");
  });

  it("is accepted by the bucket only as announced: size, type and content", async () => {
    const { file, upload } = await start(ada, announce(TEXT, "a.txt", "text/plain"));
    const other = TEXT.replace("first", "third");
    expect((await sendTo(upload, other)).status).toBe(400);
    expect((await sendTo(upload, `${TEXT} And more.`)).ok).toBe(false);
    const typed = { ...upload, headers: { ...upload.headers, "content-type": "text/html" } };
    expect((await sendTo(typed, TEXT)).status).toBe(403);
    expect(await objectsWith(file.id)).toEqual([]);
  });

  it("is not ingested when other bytes are in the bucket, however they got there", async () => {
    const { file } = await start(ada, announce(TEXT, "a.txt", "text/plain"));
    for (const planted of ["shorter", TEXT.replace("first", "third")]) {
      await plantObject(`files/${file.id}`, planted);
      expectProblem(await complete(ada, file.id), 422, "file_mismatch");
    }
    expect((await ada.get(`/files/${file.id}`)).body.status).toBe("pending");
  });

  it("fails, and says what to send instead, when its bytes are of an unsupported kind", async () => {
    const picture = new TextEncoder().encode("GIF89a\x01\0\x01\0\0\0\0;");
    const { file, upload } = await start(ada, announce(picture, "a.pdf", "application/pdf"));
    await sendTo(upload, picture);
    expectProblem(await complete(ada, file.id), 415, "unsupported_file");
    const { body } = await ada.get(`/files/${file.id}`);
    expect(body).toMatchObject({ status: "failed", failure: { code: "unsupported_type" } });
    expect(body.failure.detail).toContain("PDF");
  });

  it("is refused before a byte is sent when it is too large, empty, or of an unsupported kind", async () => {
    const announced = announce(TEXT, "a.txt", "text/plain");
    const limit = 50 * 1024 * 1024;
    const large = await ada.post("/files", { ...announced, file_size: limit + 1 });
    expectProblem(large, 413, "file_too_large");
    expectProblem(await ada.post("/files", { ...announced, file_size: 0 }), 422, "empty_file");
    for (const content_type of ["image/gif", "application/msword", "application/x-nonsense"]) {
      expectProblem(
        await ada.post("/files", { ...announced, content_type }),
        415,
        "unsupported_file",
      );
    }
    const typeless = await ada.post("/files", { ...announced, content_type: "nonsense" });
    expectProblem(typeless, 422, "validation_failed", "/content_type");
    const shouted = await ada.post("/files", {
      ...announced,
      sha256: announced.sha256.toUpperCase(),
    });
    expectProblem(shouted, 422, "validation_failed", "/sha256");
    expect((await ada.post("/files", { ...announced, file_size: limit })).status).toBe(201);
  });

  it("completed twenty times at once is ingested once", async () => {
    const { file, upload } = await start(ada, announce(TEXT, "a.txt", "text/plain"));
    await sendTo(upload, TEXT);
    const responses = await atOnce(20, () => complete(ada, file.id));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([200]));
    await settled(ada, file.id);
    const [row] = await query("SELECT ingestion_attempt, status FROM files WHERE id = $1", [
      file.id,
    ]);
    expect(row).toEqual({ ingestion_attempt: "1", status: "ready" });
    const parts = await query("SELECT text FROM file_pages WHERE file_id = $1", [file.id]);
    expect(parts).toEqual([{ text: TEXT }]);
  });

  it("is the same file for the same key, with a URL whose expiry starts now", async () => {
    const key = withKey(newKey());
    const announced = announce(TEXT, "a.txt", "text/plain");
    const first = await start(ada, announced, key);
    const second = await ada.post("/files", announced, key);
    expect({ id: second.body.file.id, replayed: isReplayed(second) }).toEqual({
      id: first.file.id,
      replayed: true,
    });
    expect((await sendTo(second.body.upload, TEXT)).status).toBe(200);
    const other = await ada.post("/files", { ...announced, original_name: "b.txt" }, key);
    expectProblem(other, 422, "idempotency_key_reused");
  });

  it("waits while the bucket is unreachable, and continues afterwards", async () => {
    const { file, upload } = await start(ada, announce(TEXT, "a.txt", "text/plain"));
    await sendTo(upload, TEXT);
    const heal = await injectBucketFault({ contains: file.id, times: 9, kind: "refuse" });
    expectProblem(await complete(ada, file.id), 503, "storage_unavailable");
    await heal();
    expect((await complete(ada, file.id)).status).toBe(200);
    expect((await settled(ada, file.id)).status).toBe("ready");
  });
});
