import { beforeAll, describe, expect, it } from "vitest";
import { type Body, expectProblem, platformUrl, signUpWithFiles } from "../../support/client.ts";
import type { SignedIn } from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { newDocument } from "../../support/documents.ts";
import { settled, upload } from "../../support/files.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUpWithFiles();
});

const ALWAYS = 1_000;

/** Text that cannot be stored, JSON that cannot, a constraint, a limit: errors that no retry cures. */
const CODES = ["22021", "22P05", "23514", "54000"];

const newMark = () => `mark${crypto.randomUUID().replaceAll("-", "")}`;

describe("a file whose text Postgres refuses because of its content", () => {
  it.each(CODES)("(%s) fails at the first attempt, with a reason", async (code) => {
    const mark = newMark();
    await injectFault({ contains: mark, times: ALWAYS, kind: "sql_error", code });
    const { body } = await upload(ada, `The ${mark} is due in May.`, "a.txt");
    expect(await settled(ada, body.id)).toMatchObject({
      status: "failed",
      failure: { code: "unreadable" },
    });
    expect(await callsContaining(mark)).toHaveLength(1);
  });

  it("fails at the first attempt while it is indexed, too", async () => {
    const mark = newMark();
    const code = "54000";
    await injectFault({ contains: mark, skip: 1, times: ALWAYS, kind: "sql_error", code });
    const { body } = await upload(ada, `The ${mark} is due in May.`, "a.txt");
    expect((await settled(ada, body.id)).failure.code).toBe("unreadable");
  });
});

/** Which of a user's calls embeds an upload, counted from the one that creates the file. */
async function callOfVectors(of: SignedIn): Promise<number | undefined> {
  const calls = (await callsContaining(of.user.id)).map(({ body }) => body);
  const first = calls.findIndex((body) => body.includes("INSERT INTO files"));
  const vectors = calls.findIndex((body) => body.includes("INSERT INTO passage_vectors"));
  return vectors < 0 ? undefined : vectors - first;
}

/** Queried directly: that is no call of the user's. */
const isReady = (fileId: string) =>
  until(async () => {
    const [row] = await query("SELECT status FROM files WHERE id = $1", [fileId]);
    return row?.status === "ready";
  });

it("Vectors that Postgres refuses leave a file that is found by its words", async () => {
  const eve = await signUpWithFiles();
  const { body: twin } = await upload(eve, "The deposit is due in May.", "a.txt");
  await isReady(twin.id);
  const skip = await callOfVectors(eve);
  // A server without pgvector stores none.
  if (skip === undefined) return;
  const fault = { contains: eve.user.id, times: 1, kind: "sql_error", code: "22P02" } as const;
  await injectFault({ ...fault, skip });
  const { body } = await upload(eve, "The deposit is due in June.", "b.txt");
  await isReady(body.id);
  const vectors = "SELECT count(*) AS count FROM passage_vectors WHERE file_id = $1";
  expect(await query(vectors, [twin.id])).toEqual([{ count: "1" }]);
  expect(await query(vectors, [body.id])).toEqual([{ count: "0" }]);
});

describe("an analysis that Postgres refuses", () => {
  const ANSWER = { document_type: "Lease", title: null, parties: [] };
  const stateOf = async (fileId: string) =>
    (await query("SELECT status, failure_code FROM file_analyses WHERE file_id = $1", [fileId]))[0];
  const usageRowsOf = (of: SignedIn) =>
    query("SELECT 1 FROM ai_usage WHERE user_id = $1 AND service_type = 'analysis'", [of.user.id]);

  it("because of its points fails at once: the model is called and billed once", async () => {
    const eve = await signUpWithFiles();
    const mark = newMark();
    const asked = await script({ tokens: [JSON.stringify({ ...ANSWER, summary: mark })] });
    const fileId = await newDocument(eve, [asked]);
    await injectFault({ contains: mark, times: ALWAYS, kind: "sql_error", code: "22P05" });
    expectProblem(await eve.post(`/files/${fileId}/analysis`), 502, "ai_unavailable");
    expect(await stateOf(fileId)).toEqual({ status: "failed", failure_code: "ai_unavailable" });
    expect(await requestsContaining(asked)).toHaveLength(1);
    expect(await usageRowsOf(eve)).toHaveLength(1);
  });

  /** One without a worker, as a crash leaves it. */
  async function leave(fileId: string, of: { run: number }): Promise<string> {
    const id = crypto.randomUUID();
    await query(
      `INSERT INTO file_analyses (id, file_id, ingestion_attempt, status, model_name, part_length, parts_total, created_at,
         updated_at)
       VALUES ($1, $2, $3, 'running', 'gpt-4o-mini', 40000, 1, now(), now() - interval '1 hour')`,
      [id, fileId, of.run],
    );
    return id;
  }

  it("as its part is claimed fails, and is not resumed every minute", async () => {
    const fileId = await newDocument(ada, ["The deposit is due in May."]);
    const id = await leave(fileId, { run: 1 });
    await injectFault({ contains: id, times: 1, kind: "sql_error", code: "22P02" });
    await fireCron(platformUrl);
    const failed = await until(async () => {
      const state = await stateOf(fileId);
      return state?.status === "failed" && state;
    });
    expect(failed.failure_code).toBe("ai_unavailable");
  });

  it("ends with the ingestion attempt that it analysed, and another may begin", async () => {
    const asked = await script({ tokens: [JSON.stringify({ ...ANSWER, summary: "A lease." })] });
    const fileId = await newDocument(ada, [asked]);
    await leave(fileId, { run: 0 });
    await fireCron(platformUrl);
    expect(await stateOf(fileId)).toEqual({ status: "failed", failure_code: "file_failed" });
    const { status, body }: { status: number; body: Body } = await ada.post(
      `/files/${fileId}/analysis`,
    );
    expect({ status, summary: body.summary }).toEqual({ status: 200, summary: "A lease." });
  });
});
