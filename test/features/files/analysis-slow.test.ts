import { afterAll, beforeAll, expect, it } from "vitest";
import { at, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

/** A busy machine may delay a piece for a second or two, which must not count as a stall of the model. */
const PROGRESS_MS = 3_000;
const TOTAL_MS = 9_000;
const ANSWER = JSON.stringify({ document_type: "Lease", title: null, summary: "A lease." });

let worker: RunningWorker;
let ada: SignedIn;
beforeAll(async () => {
  const limits = { first_token_ms: PROGRESS_MS, progress_ms: PROGRESS_MS, total_ms: TOTAL_MS };
  [worker, ada] = await Promise.all([
    startWorker({ TURN_LIMITS: JSON.stringify({ ...limits, file_wait_ms: 60_000 }) }),
    signUp(),
  ]);
});
afterAll(() => worker.close());

const analyse = (fileId: string) => at(worker.url, ada).post(`/files/${fileId}/analysis`, {});

const usageRowsOf = () =>
  query("SELECT * FROM ai_usage WHERE user_id = $1 AND service_type = 'analysis'", [ada.user.id]);

it("A slow model is waited for as long as it writes, called once and billed once", async () => {
  const pieces = ANSWER.match(/.{1,8}/g) ?? [];
  const tokenDelayMs = (1.5 * PROGRESS_MS) / pieces.length;
  const marker = await script({ tokens: pieces, tokenDelayMs });
  const fileId = await newDocument(ada, [`A lease. ${marker}`]);
  const { status, body } = await analyse(fileId);
  expect({ status, summary: body.summary }).toEqual({ status: 200, summary: "A lease." });
  expect(await requestsContaining(marker)).toHaveLength(1);
  expect(await usageRowsOf()).toHaveLength(1);
});

it("A model that never ends is called once, and its output is billed", async () => {
  const before = (await usageRowsOf()).length;
  const tokens = Array.from({ length: 200 }, () => "more and more ");
  const marker = await script({ tokens, tokenDelayMs: PROGRESS_MS / 5 });
  const fileId = await newDocument(ada, [`A lease. ${marker}`]);
  expectProblem(await analyse(fileId), 504, "ai_timeout");
  expect(await requestsContaining(marker)).toHaveLength(1);
  const bills = (await usageRowsOf()).slice(before);
  expect(bills).toMatchObject([{ estimated: "t" }]);
  expect(Number(bills[0]?.completion_tokens)).toBeGreaterThan(10);
});
