import { afterAll, beforeAll, expect, it } from "vitest";
import { CLAUSES, TITLE } from "../../fixtures/contract.ts";
import { scannedPdf } from "../../fixtures/scans.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { readyFile, textOf } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

let worker: RunningWorker;
let ada: SignedIn;
beforeAll(async () => {
  worker = await startWorker({ OCR_MODEL: "local-ocr" });
  ada = await signUp("Ada", worker.url);
});
afterAll(() => worker.close());

const usageOf = (user: SignedIn["user"]) =>
  query(
    "SELECT model_name, prompt_tokens::int AS prompt, estimated FROM ai_usage WHERE user_id = $1 AND service_type = 'ocr'",
    [user.id],
  );

const PAGE = [
  TITLE,
  ...CLAUSES.slice(2, 4).flatMap(({ heading, sentences }) => [heading, ...sentences]),
].join("\n\n");

it("A scanned contract of one page is transcribed, found, and each call has its costs", async () => {
  const { id, ...file } = await readyFile(ada, await scannedPdf([PAGE]), "scan.pdf");
  expect(file).toMatchObject({ page_count: 1, scanned_pages: 0, pages_done: 1, pages_failed: 0 });
  const { body } = await ada.get(`/files/${id}/text`);
  expect(body.pages).toMatchObject([{ page: 1, is_scanned: false, source: "ocr", start: 0 }]);
  const text = await textOf(ada, id);
  expect(text).toContain("within thirty days of the date of each invoice");
  const search = await ada.get(`/search?scope=files&q=overdue+interest&file_id=${id}`);
  expect(search.body.hits[0]).toMatchObject({ file_id: id, page: 1 });
  expect(await usageOf(ada.user)).toMatchObject([{ model_name: "local-ocr", estimated: false }]);
});
