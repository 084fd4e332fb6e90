import { beforeAll, describe, expect, it } from "vitest";
import { cjkPdf } from "../../fixtures/cjk-pdf.ts";
import { codePointLength } from "../../../src/lib/code-points.ts";
import {
  encryptedPdf,
  makePdf,
  paintPixel,
  scannedPdf,
  truncatedPdf,
} from "../../fixtures/documents.ts";
import { fireCron } from "../../support/cron.ts";
import {
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { announce, readyFile, sendTo, settled, textOf, upload } from "../../support/files.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { injectBucketFault, loseObject, plantObject } from "../../support/storage.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

/** A file whose ingestion was begun and lost: no worker is on it. */
async function stalledIngestion(of: SignedIn, text: string, minutesAgo = 11): Promise<string> {
  const { body } = await of.post("/files", announce(text, "a.txt", "text/plain"));
  await sendTo(body.upload, text);
  await query(
    `UPDATE files SET status = 'processing', ingestion_attempt = 1, updated_at = now() - make_interval(mins => $2::int)
     WHERE id = $1`,
    [body.file.id, minutesAgo],
  );
  return body.file.id;
}

const resumeCount = async (id: string) =>
  (await query("SELECT resume_count FROM files WHERE id = $1", [id]))[0]?.resume_count;

describe("a file that cannot be ingested", () => {
  it.each([
    ["a scan", scannedPdf, "needs_ocr"],
    ["behind a password", encryptedPdf, "encrypted"],
    ["cut off", truncatedPdf, "damaged"],
    ["only white space", async () => new TextEncoder().encode(" \n\t \n"), "empty"],
  ])("ends as failed, with a sentence that says what to do: %s", async (_what, make, code) => {
    const name = code === "empty" ? "blank.txt" : "a.pdf";
    const { status, body } = await upload(ada, await make(), name);
    expect(status).toBe(201);
    const file = await settled(ada, body.id);
    expect(file).toMatchObject({ status: "failed", processed: false, failure: { code } });
    expect(file.failure.detail).toMatch(/^[A-Z].{20,}\.$/);
    expectProblem(await ada.get(`/files/${file.id}/text`), 409, "file_failed");
  });

  it("is retried whenever it is completed again", async () => {
    const { body } = await upload(ada, await truncatedPdf(), "a.pdf");
    await settled(ada, body.id);
    expect((await ada.post(`/files/${body.id}/complete`)).status).toBe(200);
    await settled(ada, body.id);
    const [row] = await query("SELECT ingestion_attempt, status FROM files WHERE id = $1", [
      body.id,
    ]);
    expect(row).toEqual({ ingestion_attempt: "2", status: "failed" });
  });

  it("says so when its bytes are lost", async () => {
    const id = await stalledIngestion(ada, "Some text.");
    await loseObject(`files/${id}`);
    await fireCron(platformUrl);
    expect((await settled(ada, id)).failure.code).toBe("missing");
  });
});

describe("a document of which some pages are pictures", () => {
  it("is ready, and says how many and which", async () => {
    const pdf = await makePdf((document) => {
      document.text("The lease begins.");
      for (let page = 0; page < 2; page++) paintPixel(document.addPage());
    });
    const { id, scanned_pages } = await readyFile(ada, pdf, "mixed.pdf");
    expect(scanned_pages).toBe(2);
    const { body } = await ada.get(`/files/${id}/text`);
    const scanned = body.pages.map(({ is_scanned }: { is_scanned: boolean }) => is_scanned);
    expect(scanned).toEqual([false, true, true]);
  });
});

it("a PDF in a font that is not embedded is read by its CMap, an asset of the Worker", async () => {
  const pdf = cjkPdf({ encoding: "UniGB-UCS2-H", ordering: "GB1", codes: "79df8d415408540c" });
  const { id } = await readyFile(ada, pdf, "lease.pdf");
  expect(await textOf(ada, id)).toBe("租赁合同\n");
});

describe("a long document", () => {
  it("is ingested a hundred pages at a time, every page in order, once", async () => {
    const sentence = (page: number) => `This is page ${page} of the agreement.`;
    const pdf = await makePdf((document) => {
      document.text(sentence(1));
      for (let page = 2; page <= 120; page++) document.addPage().text(sentence(page));
    });
    const { id, page_count } = await readyFile(ada, pdf, "long.pdf");
    expect(page_count).toBe(120);
    const rows = await query(
      `SELECT page, start_offset, end_offset, char_length(text) AS length, text
       FROM file_pages WHERE file_id = $1 ORDER BY part`,
      [id],
    );
    expect(rows.map(({ page }) => Number(page))).toEqual(
      Array.from({ length: 120 }, (_, i) => i + 1),
    );
    let end = 0;
    for (const { page, start_offset, end_offset, length, text } of rows) {
      expect(Number(start_offset)).toBe(end);
      end = Number(end_offset);
      expect(end - Number(start_offset)).toBe(Number(length));
      expect(text).toContain(sentence(Number(page)));
    }
    const text = await textOf(ada, id);
    expect(codePointLength(text)).toBe(end);
  });
});

describe("the progress of an ingestion", () => {
  /** The state of the file while the write that holds this text waits. */
  async function progressBefore(text: string, pages: number, { isPicture = false } = {}) {
    const remove = await injectFault({ contains: text, times: 1, kind: "delay", delayMs: 4_000 });
    const pdf = await makePdf((document) => {
      for (let page = 1; page <= pages; page++) {
        if (page > 1) document.addPage();
        if (isPicture && page % 2 === 0) paintPixel(document);
        else document.text(`${text.replace(/\d+$/, "")}${page}`);
      }
    });
    const { body: created } = await upload(ada, pdf, "long.pdf");
    expect(created).toMatchObject({ page_count: null, pages_done: null });
    const seen = await until(async () => {
      const { body } = await ada.get(`/files/${created.id}`);
      return body.pages_done !== null && body.pages_done >= 10 && body;
    });
    await remove();
    return { seen, file: await settled(ada, created.id) };
  }

  it("is shown as pages of all pages, from the first ones on", async () => {
    const { seen, file } = await progressBefore(`Lease ${crypto.randomUUID()} 35`, 45);
    expect(seen).toMatchObject({ status: "processing", page_count: 45 });
    expect([10, 20, 30]).toContain(seen.pages_done);
    expect(file).toMatchObject({ status: "ready", page_count: 45, pages_done: 45 });
  });

  it("does not count the pages that would have to be transcribed", async () => {
    const text = `Lease ${crypto.randomUUID()} 35`;
    const { seen, file } = await progressBefore(text, 45, { isPicture: true });
    expect(seen).toMatchObject({ status: "processing", page_count: 45 });
    expect([10, 15]).toContain(seen.pages_done);
    expect(file).toMatchObject({ page_count: 45, pages_done: 23, scanned_pages: 22 });
  });

  it("is read in one trip", async () => {
    const { id } = await readyFile(ada, "The deposit is due in May.");
    expect(await countCalls(id, () => ada.get(`/files/${id}`))).toBe(1);
  });
});

describe("an ingestion whose worker was lost", () => {
  it("is resumed by the cron, and ends as if nothing had happened", async () => {
    const id = await stalledIngestion(ada, "The deposit is due in May.");
    await fireCron(platformUrl);
    expect((await settled(ada, id)).status).toBe("ready");
    expect(await textOf(ada, id)).toBe("The deposit is due in May.");
  });

  it("is left alone while its worker may still be running", async () => {
    const id = await stalledIngestion(ada, "Some text.", 5);
    await fireCron(platformUrl);
    expect(await resumeCount(id)).toBe("0");
    expect((await ada.get(`/files/${id}`)).body.status).toBe("processing");
  });

  it("is given up on after a few attempts, and says so", async () => {
    const id = await stalledIngestion(ada, "Some text.");
    await query("UPDATE files SET resume_count = 5 WHERE id = $1", [id]);
    await fireCron(platformUrl);
    expect((await settled(ada, id)).failure.code).toBe("unreadable");
  });

  it("resumes by itself after the bucket was unreachable for a moment", async () => {
    const heal = await injectBucketFault({ contains: "GET files/", times: 2, kind: "refuse" });
    const { body } = await upload(ada, "Some text.", "a.txt");
    expect((await settled(ada, body.id)).status).toBe("ready");
    await heal();
  });
});

describe("a late queue message", () => {
  it("changes nothing of a file that was deleted, or is in a newer attempt", async () => {
    const { id } = await readyFile(ada, "Old text.", "a.txt");
    await query(
      "UPDATE files SET status = 'processing', ingestion_attempt = 2, updated_at = now() WHERE id = $1",
      [id],
    );
    const late = await stalledIngestion(ada, "Late text.");
    expect((await ada.delete(`/files/${late}`)).status).toBe(204);
    await fireCron(platformUrl);
    await until(
      async () => (await query("SELECT 1 FROM files WHERE id = $1", [late])).length === 0,
    );
    expect(await query("SELECT 1 FROM file_pages WHERE file_id = $1", [late])).toEqual([]);
  });
});

describe("an upload that never arrives", () => {
  it("is deleted an hour after its URL expired, with whatever arrived meanwhile", async () => {
    const { body } = await ada.post("/files", announce("Never sent.", "a.txt", "text/plain"));
    const { id } = body.file;
    await plantObject(`files/${id}`, "half");
    await query(
      "UPDATE files SET upload_expires_at = now() - interval '59 minutes' WHERE id = $1",
      [id],
    );
    await fireCron(platformUrl);
    expect((await ada.get(`/files/${id}`)).status).toBe(200);
    await query(
      "UPDATE files SET upload_expires_at = now() - interval '61 minutes' WHERE id = $1",
      [id],
    );
    await fireCron(platformUrl);
    expect((await ada.get(`/files/${id}`)).status).toBe(404);
    const [left] = await query("SELECT kind FROM deletions WHERE target = $1", [`files/${id}`]);
    expect(left).toEqual({ kind: "object" });
  });
});
