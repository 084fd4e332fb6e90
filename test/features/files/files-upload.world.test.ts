import { beforeAll, describe, expect, it } from "vitest";
import { codePointLength } from "../../../src/lib/code-points.ts";
import { contractDocx, contractPdf, contractText } from "../../fixtures/documents.ts";
import { CONTRACT_TEXT } from "../../fixtures/contract.ts";
import {
  at,
  anonymous,
  clientWith,
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { startFastWorker } from "../../support/fast-worker.ts";
import { formOf, readyFile, settled, sha256, textOf, upload } from "../../support/files.ts";
import { atOnce, isReplayed, newKey, withKey } from "../../support/keys.ts";
import { bucketVars, openOwnBucket } from "../../support/own-bucket.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { bucketAt, bucketCalls, injectBucketFault, objectsWith } from "../../support/storage.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

const countFiles = async (of: SignedIn) => (await of.get("/files")).body.length;

describe("uploading through the Worker", () => {
  it("ends in a file whose bytes are stored, hash recorded, text extracted and passages indexed", async () => {
    const bytes = await contractPdf();
    const { status, headers, body } = await upload(ada, bytes, "lease.pdf");
    expect(status).toBe(201);
    expect(headers.get("location")).toBe(`/files/${body.id}`);
    expect(body).toMatchObject({
      original_name: "lease.pdf",
      content_type: "application/pdf",
      file_size: bytes.byteLength,
      file_url: `/files/${body.id}/content`,
      failure: null,
    });
    const file = await settled(ada, body.id);
    expect(file).toMatchObject({ status: "ready", processed: true, page_count: 2 });
    const [stored] = await objectsWith(body.id);
    expect(stored).toMatchObject({ key: `files/${body.id}`, size: bytes.byteLength });
    const [row] = await query(
      `SELECT sha256, processed, (SELECT count(*) FROM passages WHERE file_id = f.id) AS passages
       FROM files f WHERE id = $1`,
      [body.id],
    );
    expect(row).toMatchObject({ sha256: sha256(bytes), processed: "t" });
    expect(Number(row?.passages)).toBeGreaterThan(3);
    expect(await textOf(ada, body.id)).toContain("Software Maintenance Agreement");
  });

  it("recognises a document by its bytes, whatever its name", async () => {
    const word = await readyFile(ada, await contractDocx(), "contract.pdf");
    expect(word.content_type).toContain("wordprocessingml");
    const text = await readyFile(ada, contractText(), "contract.doc");
    expect(text.content_type).toBe("text/plain; charset=utf-8");
  });

  it("keeps the text of a text file unchanged, beyond the basic plane too", async () => {
    const text = "Ein Satz 𝕬.\r\n\tZweiter — Satz.  \n\n漢字 😀 end";
    const { id } = await readyFile(ada, text, "notes.txt");
    const { body } = await ada.get(`/files/${id}/text`);
    const length = codePointLength(text);
    expect(body).toMatchObject({ file_id: id, length, next_cursor: null });
    expect(body.pages).toHaveLength(1);
    expect(body.pages[0]).toMatchObject({ page: 1, start: 0, end: length, text, regions: [] });
  });

  it("takes names as data: quotes, line ends, other scripts and folders", async () => {
    for (const [sent, kept] of [
      ["Vertrag „Größe“ 漢字.txt", "Vertrag „Größe“ 漢字.txt"],
      ["../../etc/passwd", "passwd"],
      ["<img src=x onerror=alert(1)>.txt", "<img src=x onerror=alert(1)>.txt"],
    ] as const) {
      const { status, body } = await upload(ada, "Some text.", sent);
      expect({ status, name: body.original_name }).toEqual({ status: 201, name: kept });
    }
  });

  it("works from the frontend's page, by cookie", async () => {
    const origin = "http://localhost:3000";
    const email = `ada.${crypto.randomUUID()}@example.com`;
    const { headers } = await anonymous(platformUrl).post("/auth/register", {
      name: "Ada Example",
      email,
      password: "seven tall lamps",
    });
    const cookie = headers
      .getSetCookie()
      .map((line) => line.split(";")[0])
      .join("; ");
    const page = clientWith({ cookie, origin }, platformUrl);
    const { status, body } = await upload(page, CONTRACT_TEXT, "contract.txt");
    expect(status).toBe(201);
    expect((await page.get("/files")).body.map(({ id }: { id: string }) => id)).toEqual([body.id]);
    const stranger = clientWith({ cookie, origin: "http://evil.example" }, platformUrl);
    expectProblem(await upload(stranger, CONTRACT_TEXT), 403, "origin_not_allowed");
  });
});

describe("an upload that is refused", () => {
  it.each([
    ["a GIF picture", new TextEncoder().encode("GIF89a\x01\0\x01\0\0\0\0;"), "a.png"],
    [
      "an old Word file",
      new Uint8Array([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1, 0]),
      "a.doc",
    ],
    ["a zip of anything", new Uint8Array([0x50, 0x4b, 3, 4, 0, 0, 0, 0, 0, 0]), "a.docx"],
    ["bytes that are no text", new Uint8Array([1, 0, 2, 0xff, 0, 0xfe, 0, 0]), "a.txt"],
  ])("says what to send instead: %s", async (_what, bytes, name) => {
    const before = await countFiles(ada);
    expectProblem(await upload(ada, bytes, name), 415, "unsupported_file");
    expect(await countFiles(ada)).toBe(before);
  });

  it("is one that is empty, no form, without a file, with two, or with another field", async () => {
    expectProblem(await upload(ada, ""), 422, "empty_file");
    expectProblem(await ada.post("/files/upload", {}), 400, "malformed_upload");
    expectProblem(await ada.post("/files/upload", formOf("text", "")), 400, "malformed_upload");
    expectProblem(
      await ada.post("/files/upload", formOf("text", "a.txt", "other")),
      422,
      "validation_failed",
    );
    const two = formOf("one", "a.txt");
    two.append("file", new Blob(["two"]), "b.txt");
    expectProblem(await ada.post("/files/upload", two), 400, "malformed_upload");
    const type = { "content-type": "multipart/form-data; boundary=x" };
    expectProblem(
      await ada.post("/files/upload", "--x\r\nnonsense", type),
      400,
      "malformed_upload",
    );
    const long = await upload(ada, "text", `${"n".repeat(256)}.txt`);
    expectProblem(long, 422, "validation_failed", "/file");
  });

  it("is one above 10 MiB, counted while it streams, and 10 MiB is accepted", async () => {
    const limit = 10 * 1024 * 1024;
    expectProblem(await upload(ada, new Uint8Array(limit + 1).fill(97)), 413, "file_too_large");
    const boundary = "frontier";
    const chunk = new Uint8Array(1024 * 1024).fill(97);
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n`;
    async function* endless() {
      yield new TextEncoder().encode(head);
      for (let sent = 0; sent < 12; sent++) yield chunk;
    }
    const response = await fetch(`${platformUrl}/files/upload`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": `multipart/form-data; boundary=${boundary}`,
      },
      body: endless() as unknown as BodyInit,
      duplex: "half",
    } as RequestInit);
    expect(response.status).toBe(413);
    // Reported also where much is still to come: a client whose connection is closed reads no
    // response.
    expectProblem(await upload(ada, new Uint8Array(3 * limit).fill(97)), 413, "file_too_large");
    const { status, body } = await upload(ada, new Uint8Array(limit).fill(97), "full.txt");
    expect(status).toBe(201);
    expect(body.file_size).toBe(limit);
    // Five million characters are accepted, and these are twice as many.
    expect((await settled(ada, body.id)).failure.code).toBe("too_much_text");
  });

  it("leaves nothing behind when the bucket refuses it, and its key is free again", async () => {
    const eve = await signUpWithFiles();
    const key = newKey();
    // Its own, so that no other test's upload takes the fault.
    const bucket = await openOwnBucket();
    const worker = await startFastWorker(bucketVars(bucket));
    const fault = { contains: "PUT files/", times: 2, kind: "status", status: 503 } as const;
    await bucketAt(bucket).injectBucketFault(fault);
    const refused = await upload(at(worker.url, eve), "Some text.", "a.txt", withKey(key));
    await Promise.all([worker.close(), bucket.close()]);
    expectProblem(refused, 503, "storage_unavailable");
    expect(await countFiles(eve)).toBe(0);
    const again = await upload(eve, "Some text.", "a.txt", withKey(key));
    expect({ status: again.status, replayed: isReplayed(again) }).toEqual({
      status: 201,
      replayed: false,
    });
  });
});

describe("an upload with an Idempotency-Key", () => {
  it("twenty times at once is one file, ingested once", async () => {
    const eve = await signUpWithFiles();
    const key = newKey();
    const responses = await atOnce(20, () => upload(eve, CONTRACT_TEXT, "c.txt", withKey(key)));
    expect(new Set(responses.map(({ status }) => status))).toEqual(new Set([201]));
    expect(new Set(responses.map(({ body }) => body.id)).size).toBe(1);
    expect(responses.filter((answer) => !isReplayed(answer))).toHaveLength(1);
    const id = responses[0]?.body.id;
    expect((await settled(eve, id)).status).toBe("ready");
    expect(await textOf(eve, id)).toBe(CONTRACT_TEXT);
    expect(await objectsWith(id)).toHaveLength(1);
  });

  it("is refused for other bytes or another name", async () => {
    const key = newKey();
    expect((await upload(ada, "One.", "a.txt", withKey(key))).status).toBe(201);
    for (const [text, name] of [
      ["Two.", "a.txt"],
      ["One.", "b.txt"],
    ] as const) {
      const response = await upload(ada, text, name, withKey(key));
      expectProblem(response, 422, "idempotency_key_reused");
    }
  });

  it("is one file when the response of Postgres, or of the bucket, is lost", async () => {
    const eve = await signUpWithFiles();
    await injectFault({ contains: eve.user.id, times: 1, kind: "cut_after_commit" });
    await injectBucketFault({ contains: "PUT files/", times: 1, kind: "cut_after_commit" });
    const { status, body } = await upload(eve, CONTRACT_TEXT, "c.txt", withKey(newKey()));
    expect(status).toBe(201);
    expect(await settled(eve, body.id)).toMatchObject({ status: "ready" });
    expect(await countFiles(eve)).toBe(1);
  });
});

describe("a read of files", () => {
  it("takes one round trip", async () => {
    const { id } = await readyFile(ada, "Some text.", "a.txt");
    for (const path of ["/files", `/files/${id}`, `/files/${id}/content`, `/files/${id}/text`]) {
      const calls = await countCalls(ada.user.id, () =>
        ada.get(path, { accept: "application/json" }),
      );
      expect({ path, calls }).toEqual({ path, calls: 1 });
    }
    expect((await bucketCalls(`PUT files/${id}`)).length).toBe(1);
  });
});
