import { afterAll, beforeAll, expect, it } from "vitest";
import { CLAUSES } from "../../fixtures/contract.ts";
import { pdfOfPictures, scannedJpeg, scannedPdf } from "../../fixtures/scans.ts";
import { bearer, type Body, type SignedIn, signUp } from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { textOf, upload } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const OCR = { OCR_MODEL: "local-ocr" };
let worker: RunningWorker;
let ada: SignedIn;
beforeAll(async () => {
  worker = await startWorker(OCR);
  ada = await signUp("Ada", worker.url);
});
afterAll(() => worker.close());

/** The file once all of its pages are done, however long that takes as long as it goes on. */
async function ready(id: string): Promise<Body> {
  for (let done = -1; ;) {
    const file = await until(async () => {
      const { body } = await ada.get(`/files/${id}`);
      const isOver = body.status === "ready" || body.status === "failed";
      return (isOver || (body.pages_done ?? 0) > done) && body;
    });
    if (file.status === "ready") return file;
    expect(file.status, JSON.stringify(file)).toBe("processing");
    done = file.pages_done ?? 0;
  }
}

const costsOf = async () =>
  query(
    "SELECT id FROM ai_usage WHERE user_id = $1 AND service_type = 'ocr' AND prompt_tokens::int > 0",
    [ada.user.id],
  );

const clauseOf = (page: number) => `Clause ${page}. The instalment numbered ${page} is payable.`;

/** A file of so many pages, each of which the provider transcribes as its clause. */
async function scripted(count: number, except: readonly number[] = []) {
  const name = `${crypto.randomUUID()}.pdf`;
  const mark = (page: number) => `Page ${page} of ${count} of the file “${name}”`;
  const picture = await scannedJpeg("A page.");
  for (let page = 1; page <= count; page++) {
    const how = except.includes(page) ? { holdAfter: 0 } : {};
    await script({ kind: "ocr", transcription: clauseOf(page), ...how }, mark(page));
  }
  const { body } = await upload(
    ada,
    await pdfOfPictures(Array.from({ length: count }, () => picture)),
    name,
  );
  return { id: body.id as string, name, mark };
}

it("A scanned contract of ten pages is read page by page, found and cited", async () => {
  const pages = Array.from({ length: 10 }, (_, page) => {
    const { heading, sentences } = CLAUSES[page % CLAUSES.length] ?? { heading: "", sentences: [] };
    return [`Page number ${page + 1}`, heading, ...sentences].join("\n\n");
  });
  const before = (await costsOf()).length;
  const { body } = await upload(ada, await scannedPdf(pages), "ten.pdf");
  const file = await ready(body.id);
  expect(file).toMatchObject({ page_count: 10, pages_done: 10, pages_failed: 0, scanned_pages: 0 });
  expect((await costsOf()).length - before).toBe(10);
  const text = await textOf(ada, body.id);
  for (const clause of ["four Service Hours", "thirty days of the date of each invoice"]) {
    expect(text).toContain(clause);
  }
  const { body: found } = await ada.get(`/search?scope=files&q=overdue&file_id=${body.id}`);
  expect(found.hits[0]).toMatchObject({ file_id: body.id });
}, 180_000);

it("A scanned contract of sixty pages is ready, found and cited, and costs sixty calls", async () => {
  const before = (await costsOf()).length;
  const { id } = await scripted(60);
  expect(await ready(id)).toMatchObject({ page_count: 60, pages_done: 60, pages_failed: 0 });
  const pages = Array.from({ length: 60 }, (_, index) => clauseOf(index + 1));
  expect(await textOf(ada, id)).toBe(pages.map((text) => `${text}\n`).join(""));
  expect((await costsOf()).length - before).toBe(60);
  const { body } = await ada.post("/chat", {
    content: "When is the instalment numbered 47 payable?",
    file_ids: [id],
  });
  expect(body.ai_response.metadata.citations).toContainEqual(
    expect.objectContaining({ page: 47, source: "ocr", quote: expect.stringContaining("47") }),
  );
}, 180_000);

it("Killed in the middle of a page, the transcription is resumed by the cron where it was", async () => {
  const { id, mark } = await scripted(6, [4]);
  await until(async () => (await requestsContaining(mark(4))).length > 0);
  await worker.close();
  await script({ kind: "ocr", transcription: clauseOf(4) }, mark(4));
  await query(
    `WITH claims AS (
       UPDATE file_pages SET ocr_call_expires_at = now() - interval '1 minute'
       WHERE file_id = $1 AND ocr_call_id IS NOT NULL
     )
     UPDATE files SET updated_at = now() - interval '11 minutes' WHERE id = $1`,
    [id],
  );
  worker = await startWorker(OCR);
  ada = { ...ada, ...bearer(ada.accessToken, worker.url) };
  await fireCron(worker.url);
  expect(await ready(id)).toMatchObject({ status: "ready", pages_done: 6, pages_failed: 0 });
  const pages = [1, 2, 3, 4, 5, 6].map((page) => `${clauseOf(page)}\n`);
  expect(await textOf(ada, id)).toBe(pages.join(""));
  const calls = await Promise.all([1, 2, 3, 4, 5, 6].map((page) => requestsContaining(mark(page))));
  expect(calls.map(({ length }) => length)).toEqual([1, 1, 1, 2, 1, 1]);
  // The lost call may have been billed: it has a row too.
  const usage = await query(
    "SELECT id FROM ai_usage WHERE user_id = $1 AND service_type = 'ocr' ORDER BY created_at DESC LIMIT 7",
    [ada.user.id],
  );
  expect(usage).toHaveLength(7);
}, 180_000);
