import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { encodeCursor } from "../../../src/lib/cursor.ts";
import { contractDocx } from "../../fixtures/documents.ts";
import * as hostile from "../../fixtures/hostile.ts";
import { newChat } from "../../support/chats.ts";
import {
  type ApiResponse,
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { announce, readyFile, sendTo, settled, textOf, upload } from "../../support/files.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { openTab } from "../../support/socket.ts";
import { injectBucketFault } from "../../support/storage.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorkerWithoutRetries } from "../../support/worker.ts";

let ada: SignedIn;
let worker: RunningWorker;
beforeAll(async () => {
  [ada, worker] = await Promise.all([signUpWithFiles(), startWorkerWithoutRetries()]);
});
afterAll(() => worker.close());

/** Uploads a form byte by byte: its one header, and the content. */
function uploadRaw(disposition: string | Uint8Array, content = "Some text."): Promise<ApiResponse> {
  const body = Buffer.concat([
    Buffer.from("--frontier\r\nContent-Disposition: form-data; "),
    Buffer.from(disposition as string),
    Buffer.from(`\r\n\r\n${content}\r\n--frontier--\r\n`),
  ]);
  const type = { "content-type": "multipart/form-data; boundary=frontier" };
  return ada.post("/files/upload", new Uint8Array(body), type);
}

describe("an upload of any length", () => {
  // The runtime reads 4 KiB at once: the last line end comes in a chunk of its own, whole or cut.
  it.each([4096, 4097, 4098, 8193, 8194])("is parsed when its form has %i bytes", async (size) => {
    const disposition = 'name="file"; filename="a.txt"';
    const around = `--frontier\r\nContent-Disposition: form-data; ${disposition}\r\n\r\n\r\n--frontier--\r\n`;
    const content = "x".repeat(size - around.length);
    const { status, body } = await uploadRaw(disposition, content);
    expect({ status, size: body.file_size }).toEqual({ status: 201, size: content.length });
  });
});

describe("the name of an upload", () => {
  it.each([
    ["a browser's quotes and line ends", 'a"b\r\nc.txt', 'a"b\r\nc.txt'],
    ["a percent sign", "100%20 sure%.txt", "100%20 sure%.txt"],
    ["as many characters as it may have", "😀".repeat(255), "😀".repeat(255)],
  ])("is data: %s", async (_what, sent, kept) => {
    const { status, body } = await upload(ada, "Some text.", sent);
    expect({ status, name: body.original_name }).toEqual({ status: 201, name: kept });
    const { headers } = await ada.get(body.file_url, { accept: "*/*" });
    const { searchParams } = new URL(headers.get("location") ?? "");
    expect(searchParams.get("response-content-disposition")).toMatch(
      /^attachment; filename="[^"\r\n]+"; filename\*=UTF-8''[^"\r\n ]+$/,
    );
  });

  it("is read as curl writes it, with quotes escaped", async () => {
    const { body } = await uploadRaw(String.raw`name="file"; filename="a \"b\".txt"`);
    expect(body.original_name).toBe('a "b".txt');
  });

  it.each([
    String.raw`C:\Users\x\lease.txt`,
    String.raw`C:\\Users\\x\\lease.txt`,
    String.raw`\\server\share\lease.txt`,
    "/home/x/lease.txt",
    "folder/lease.txt",
  ])("is without the folders of %s, whichever way it comes in", async (path) => {
    const { body } = await uploadRaw(`name="file"; filename="${path}"`);
    expect(body.original_name).toBe("lease.txt");
    const announced = await ada.post("/files", announce("Some text.", path, "text/plain"));
    expect(announced.body.file.original_name).toBe("lease.txt");
  });

  it("is refused where a path ends in a slash", async () => {
    const announced = announce("Some text.", "folder/", "text/plain");
    expectProblem(await ada.post("/files", announced), 422, "validation_failed", "/original_name");
  });

  it("is refused with a NUL, or as invalid UTF-8", async () => {
    expectProblem(
      await uploadRaw('name="file"; filename="a\0b.txt"'),
      422,
      "validation_failed",
      "/file",
    );
    const latin1 = Buffer.from('name="file"; filename="Gr\xf6\xdfe.txt"', "latin1");
    expectProblem(await uploadRaw(latin1), 400, "malformed_upload");
    expectProblem(await uploadRaw("name=file"), 400, "malformed_upload");
  });
});

describe("a forged cursor", () => {
  it("is refused, also when it holds a time that Postgres does not know", async () => {
    const cursor = encodeCursor(["0000-01-01T00:00:00.000Z", crypto.randomUUID()]);
    expectProblem(await ada.get(`/files?cursor=${cursor}`), 422, "validation_failed", "?cursor");
  });
});

describe("a download", () => {
  it("is given to a client that accepts the file's type", async () => {
    const file = await readyFile(ada, "a,b\n1,2\n", "table.csv");
    const response = await ada.get(file.file_url, { accept: "text/csv" });
    expect(response.status).toBe(302);
  });
});

/** A file whose bytes are stored and whose ingestion is marked as begun, without a worker. */
async function begunFile(bytes: Uint8Array | string, name: string, type: string): Promise<string> {
  const { body } = await ada.post("/files", announce(bytes, name, type));
  await sendTo(body.upload, bytes);
  await query("UPDATE files SET status = 'processing', ingestion_attempt = 1 WHERE id = $1", [
    body.file.id,
  ]);
  return body.file.id;
}

describe("a document that is ingested in one pass", () => {
  it("is ingested again from its start when the worker was lost in the middle", async () => {
    const bytes = await contractDocx();
    const whole = await readyFile(ada, bytes, "whole.docx");
    const id = await begunFile(bytes, "lost.docx", whole.content_type);
    await query(
      `INSERT INTO file_pages (file_id, part, page, start_offset, end_offset, text)
       SELECT $1, part, page, start_offset, end_offset, text FROM file_pages WHERE file_id = $2`,
      [id, whole.id],
    );
    const [pages] = await query("SELECT max(page) AS last FROM file_pages WHERE file_id = $1", [
      id,
    ]);
    await worker.sendJob({
      step: "extract",
      fileId: id,
      ingestionAttempt: 1,
      from: Number(pages?.last),
    });
    expect(await settled(ada, id)).toMatchObject({ status: "ready", page_count: 2 });
    expect(await textOf(ada, id)).toBe(await textOf(ada, whole.id));
  });
});

describe("a job that is delivered more than once", () => {
  it("at once, late, or from an older attempt, changes nothing of the stored text", async () => {
    const text = "The deposit is due in May. ".repeat(5_000);
    const id = await begunFile(text, "a.txt", "text/plain");
    const passages = () =>
      query("SELECT ordinal, text FROM passages WHERE file_id = $1 ORDER BY ordinal", [id]);
    const job = { step: "extract", fileId: id, ingestionAttempt: 1, from: 1 } as const;
    await Promise.all([worker.sendJob(job), worker.sendJob(job), worker.sendJob(job)]);
    await settled(ada, id);
    const before = await passages();
    for (const step of ["extract", "index", "embed"] as const) {
      await worker.sendJob({ ...job, step });
      await worker.sendJob({ ...job, step, ingestionAttempt: 0 });
    }
    await worker.sendJob({ ...job, fileId: crypto.randomUUID() });
    await until(async () => jobsDone() >= 10);
    expect(await textOf(ada, id)).toBe(text);
    expect(await passages()).toEqual(before);
    const [row] = await query("SELECT status, ingestion_attempt FROM files WHERE id = $1", [id]);
    expect(row).toEqual({ status: "ready", ingestion_attempt: "1" });
  });
});

/** Jobs that the Worker of this file has done. */
const jobsDone = () => worker.logs().filter((line) => line.includes('"event":"job"')).length;

describe("an ingestion that fails every time", () => {
  it("is given up on through the dead-letter queue, says so, and is retried on request", async () => {
    const id = await begunFile("Some text.", "a.txt", "text/plain");
    const heal = await injectBucketFault({ contains: `files/${id}`, times: 99, kind: "refuse" });
    await worker.sendJob({ step: "extract", fileId: id, ingestionAttempt: 1, from: 1 });
    expect((await settled(ada, id)).failure.code).toBe("unreadable");
    await heal();
    expect((await ada.post(`/files/${id}/complete`)).status).toBe(200);
    expect((await settled(ada, id)).status).toBe("ready");
    expect(worker.logs().filter((line) => line.includes("Some text."))).toEqual([]);
  });
});

describe("a PDF that inflates beyond the memory limit", () => {
  it.each([
    ["packed as hex", hostile.hexBomb],
    ["packed, and broken at its end", hostile.brokenBomb],
    ["packed by LZW", hostile.lzwBomb],
    ["in thousands of streams", hostile.tinyObjectStreams],
  ])("fails with a reason, in the runtime too: %s", async (_what, make) => {
    const { body } = await upload(ada, make(), "a.pdf");
    expect((await settled(ada, body.id)).failure).toMatchObject({ code: "too_large" });
  });
});

describe("a file that is ingested again", () => {
  it("notifies the chats that refer to it", async () => {
    const { body } = await upload(ada, " \n ", "blank.txt");
    await settled(ada, body.id);
    const chatId = await newChat(ada);
    await query("INSERT INTO chat_files (chat_id, file_id) VALUES ($1, $2)", [chatId, body.id]);
    const tab = await openTab(ada, chatId, platformUrl);
    await ada.post(`/files/${body.id}/complete`);
    const first = (await tab.until("file_status"))[0];
    expect(first).toMatchObject({ type: "file_status", file_id: body.id, status: "processing" });
    tab.close();
  });
});

describe("a key whose upload never arrived", () => {
  it("is free once the file is deleted", async () => {
    const key = withKey(newKey());
    const announced = announce("Sent too late.", "a.txt", "text/plain");
    const { body } = await ada.post("/files", announced, key);
    await query(
      "UPDATE files SET upload_expires_at = now() - interval '61 minutes' WHERE id = $1",
      [body.file.id],
    );
    await fireCron(platformUrl);
    const again = await ada.post("/files", announced, key);
    expect(again.status).toBe(201);
    expect(again.body.file.id).not.toBe(body.file.id);
  });
});
