import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { scannedPdf } from "../../fixtures/scans.ts";
import { newApiKey } from "../../support/api-keys.ts";
import { setBudget } from "../../support/budgets.ts";
import { newChat } from "../../support/chats.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { newDocument } from "../../support/documents.ts";
import { readyFile, settled, textOf, upload } from "../../support/files.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ OCR_MODEL: "local-ocr" });
});
afterAll(() => worker.close());

/** An account that may use nothing today. */
async function exhausted(): Promise<SignedIn> {
  const user = await signUp("Ada Example", worker.url);
  await setBudget(user, "day", { tokens: 0 });
  return user;
}

const renew = (of: SignedIn) => setBudget(of, "day", { tokens: 10_000_000 });

async function callsOf({ user }: SignedIn): Promise<(string | null | undefined)[]> {
  const rows = await query("SELECT service_type FROM ai_usage WHERE user_id = $1", [user.id]);
  return rows.map(({ service_type: kind }) => kind);
}

describe("While a budget is used up", () => {
  it("a chat gets no suggested name, and the same key names it once the budget renews", async () => {
    const ada = await exhausted();
    const chatId = await newChat(ada);
    const key = newKey();
    const name = () => ada.post(`/chats/${chatId}/name`, { message: "A deposit?" }, withKey(key));
    const refused = await name();
    expectProblem(refused, 429, "budget_exhausted");
    expect(refused.body).toMatchObject({ subject: "user", period: "day", unit: "tokens" });
    expect(Number(refused.headers.get("retry-after"))).toBe(refused.body.retry_after);
    expect(await callsOf(ada)).toEqual([]);
    await renew(ada);
    expect((await name()).status).toBe(200);
    expect(await callsOf(ada)).toEqual(["name"]);
  });

  it("another's chat is not found, as ever", async () => {
    const [ada, eve] = [await exhausted(), await signUp("Eve", worker.url)];
    const chatId = await newChat(eve);
    const response = await ada.post(`/chats/${chatId}/name`, { message: "A deposit?" });
    expectProblem(response, 404, "not_found");
  });

  it("no analysis begins, a stored one is returned, and a file in ingestion says so", async () => {
    const ada = await exhausted();
    const fileId = await newDocument(ada, ["The Tenant shall pay a rent of 2,000 euros.\n"]);
    const analyse = (body: object = {}) => ada.post(`/files/${fileId}/analysis`, body);
    expectProblem(await analyse(), 429, "budget_exhausted");
    await query("UPDATE files SET status = 'processing' WHERE id = $1", [fileId]);
    expectProblem(await analyse(), 409, "file_processing");
    await query("UPDATE files SET status = 'ready' WHERE id = $1", [fileId]);
    await renew(ada);
    const { status, body } = await analyse();
    expect(status, JSON.stringify(body)).toBe(200);
    await setBudget(ada, "day", { tokens: 0 });
    expect((await analyse()).body.id).toBe(body.id);
    expectProblem(await analyse({ refresh: true }), 429, "budget_exhausted");
  });

  it("documents are found by their words, and get their vectors once the budget renews", async () => {
    const ada = await exhausted();
    const { id } = await readyFile(ada, "The deposit is due within thirty days.", "lease.txt");
    const hits = async () =>
      (await ada.get(`/search?scope=files&q=deposit&file_id=${id}`)).body.hits;
    expect(await hits()).toMatchObject([{ file_id: id }]);
    const vectors = () => query("SELECT ordinal FROM passage_vectors WHERE file_id = $1", [id]);
    expect(await vectors()).toEqual([]);
    expect(await callsOf(ada)).not.toContain("embedding");
    await renew(ada);
    await query("UPDATE files SET embed_due_at = now() - interval '1 second' WHERE id = $1", [id]);
    await fireCron(worker.url);
    await until(async () => (await vectors()).length > 0);
  });

  it("scanned pages stay without text until the file is completed again", async () => {
    const ada = await exhausted();
    const scan = await scannedPdf(["The deposit is due within thirty days."]);
    const { body: uploaded } = await upload(ada, scan, "scan.pdf");
    const failed: Body = await settled(ada, uploaded.id);
    expect(failed).toMatchObject({ status: "failed", failure: { code: "ocr_unpaid" } });
    expect(await callsOf(ada)).toEqual([]);
    await renew(ada);
    await ada.post(`/files/${uploaded.id}/complete`);
    expect(await settled(ada, uploaded.id)).toMatchObject({ status: "ready", pages_failed: 0 });
    expect(await textOf(ada, uploaded.id)).toContain("thirty days");
  });
});

describe("What an API key has the model do", () => {
  it("counts for the budget of the key: names and analyses", async () => {
    const ada = await signUp("Ada Example", worker.url);
    const budget = { day: { tokens: 1 } };
    const options = { budget, baseUrl: worker.url };
    const [namer, analyst] = [
      await newApiKey(ada, ["chat"], options),
      await newApiKey(ada, ["files"], options),
    ];
    const chatId = await newChat(ada);
    const name = () => namer.post(`/chats/${chatId}/name`, { message: "A deposit?" });
    expect((await name()).status).toBe(200);
    const refused = await name();
    expectProblem(refused, 429, "budget_exhausted");
    expect(refused.body.subject).toBe("key");
    const fileId = await newDocument(ada, ["The Tenant shall pay a rent of 2,000 euros.\n"]);
    const analyse = (body: object) => analyst.post(`/files/${fileId}/analysis`, body);
    expect((await analyse({})).status).toBe(200);
    expectProblem(await analyse({ refresh: true }), 429, "budget_exhausted");
    const byKey = await query(
      "SELECT key_id, service_type FROM ai_usage WHERE user_id = $1 ORDER BY created_at, id",
      [ada.user.id],
    );
    expect(byKey).toMatchObject([
      { key_id: namer.id, service_type: "name" },
      { key_id: analyst.id, service_type: "analysis" },
    ]);
  });
});
