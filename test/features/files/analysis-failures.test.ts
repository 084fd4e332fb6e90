import { expect, it } from "vitest";
import type { Script } from "../../../local/provider/script.ts";
import type { ProblemCode } from "../../../src/lib/problem.ts";
import {
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { newDocument } from "../../support/documents.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { callsContaining, query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const ANSWER = { document_type: "Lease", title: null, summary: "A lease.", parties: [] };

const pathOf = (fileId: string) => `/files/${fileId}/analysis`;

const usageRowsOf = ({ user }: SignedIn) =>
  query("SELECT * FROM ai_usage WHERE user_id = $1 AND service_type = 'analysis'", [user.id]);

const stateOf = async (fileId: string) =>
  (await query("SELECT * FROM file_analyses WHERE file_id = $1", [fileId]))[0];

type Left = {
  status?: string;
  failures?: number;
  claimedFor?: string;
  done?: object[];
  of?: number;
};

/** An analysis as a crash may leave it; returns the id under which its part was claimed. */
async function leave(fileId: string, left: Left): Promise<string> {
  const { status = "running", failures = 0, claimedFor = null, done = [], of = 1 } = left;
  const claim = crypto.randomUUID();
  await query(
    `INSERT INTO file_analyses (id, file_id, ingestion_attempt, status, model_name, part_length, parts_total, parts_done,
       parts, failures, call_id, call_expires_at, created_at, updated_at)
     VALUES ($1, $2, 1, $3, 'gpt-4o-mini', 40000, $4, $5, $6, $7, $8, now() + $9::interval, now(),
       now() - interval '1 hour')`,
    [
      crypto.randomUUID(),
      fileId,
      status,
      of,
      done.length,
      JSON.stringify(done),
      failures,
      claimedFor && claim,
      claimedFor,
    ],
  );
  return claim;
}

/** A document before its last attempt, and a client that waits for it. */
async function lastTry(how: Script) {
  const eve = await signUpWithFiles();
  const marker = await script(how);
  const fileId = await newDocument(eve, [marker]);
  await leave(fileId, { failures: 2 });
  return { eve, marker, fileId };
}

it("A failing provider is called three times, each with its bill; a repeat gives the failure again", async () => {
  const eve = await signUpWithFiles();
  const marker = await script({ errorStatus: 500, times: 3 });
  const fileId = await newDocument(eve, [marker]);
  const key = withKey(newKey());
  expectProblem(await eve.post(pathOf(fileId), {}, key), 502, "ai_unavailable");
  expect(await requestsContaining(marker)).toHaveLength(3);
  expect(await usageRowsOf(eve)).toHaveLength(3);
  expectProblem(await eve.post(pathOf(fileId), {}, key), 502, "ai_unavailable");
  expect(await usageRowsOf(eve)).toHaveLength(3);
});

/** A client that waits for the analysis: it would begin another one if this one had ended before. */
async function waitingFor(eve: SignedIn, fileId: string) {
  const calls = async () => (await callsContaining(fileId)).length;
  const before = await calls();
  const response = eve.post(pathOf(fileId));
  await until(async () => (await calls()) > before);
  return { response };
}

const FAULTS: Record<string, [Script, number, ProblemCode]> = {
  "refuses every call": [{ errorStatus: 429 }, 503, "ai_overloaded"],
  disconnects: [{ cutAfter: 0 }, 502, "ai_unavailable"],
  "returns invalid JSON": [{ tokens: ["I would rather not."] }, 502, "ai_unavailable"],
  "answers without text": [{ tokens: [""], finishReason: "content_filter" }, 502, "ai_unavailable"],
};

for (const [what, [fault, status, code]] of Object.entries(FAULTS)) {
  it(`A provider that ${what} fails the analysis, and every waiting client gets the error`, async () => {
    const { eve, marker, fileId } = await lastTry(fault);
    const waiting = await waitingFor(eve, fileId);
    await fireCron(platformUrl);
    expectProblem(await waiting.response, status, code);
    expect(await requestsContaining(marker)).toHaveLength(1);
    expect(await usageRowsOf(eve)).toHaveLength(1);
  });
}

it("Subscribers receive the failure as an event, and then the end", async () => {
  const { eve, fileId } = await lastTry({ errorStatus: 503 });
  const headers = { accept: "text/event-stream" };
  const stream = await eve.fetch(pathOf(fileId), { method: "POST", headers });
  await fireCron(platformUrl);
  expect((await allEvents(stream)).map(({ data }) => data)).toMatchObject([
    { type: "analysis_progress", part: 0, parts: 1 },
    { type: "error", code: "ai_overloaded" },
    { type: "stream_complete" },
  ]);
});

it("An analysis that failed in a later part resumes there when it is requested again", async () => {
  const eve = await signUpWithFiles();
  const first = `marker-${crypto.randomUUID()}`;
  const second = await script({ tokens: [JSON.stringify(ANSWER)] });
  const filler = "Nothing is said here of anything that matters. ".repeat(900);
  const fileId = await newDocument(eve, [first, filler, second]);
  const party = {
    fields: { name: "Quill", role: "Tenant" },
    location: null,
    unverified_quote: null,
  };
  const names = ["dates_and_deadlines", "obligations", "money", "termination", "unusual_clauses"];
  const sections = Object.fromEntries(names.map((name) => [name, []]));
  const found = { ...ANSWER, missing_clauses: [], governing_law: null };
  await leave(fileId, {
    status: "failed",
    done: [{ ...found, sections: { ...sections, parties: [party] } }],
    of: 2,
  });
  const { body } = await eve.post(pathOf(fileId));
  expect(body).toMatchObject({ parts: 2, parties: [{ name: "Quill" }] });
  expect(await requestsContaining(first)).toHaveLength(0);
});

it("The cron resumes a crashed analysis once, and the lost attempt is billed", async () => {
  const eve = await signUpWithFiles();
  const marker = await script({ tokens: [JSON.stringify(ANSWER)] });
  const fileId = await newDocument(eve, [marker]);
  const lostId = await leave(fileId, { claimedFor: "-1 s" });
  await Promise.all([fireCron(platformUrl), fireCron(platformUrl)]);
  expect((await eve.post(pathOf(fileId))).status).toBe(200);
  expect(await requestsContaining(marker)).toHaveLength(1);
  const bills = await usageRowsOf(eve);
  expect(bills).toHaveLength(2);
  const lost = bills.find(({ id }) => id === lostId);
  expect(lost).toMatchObject({ estimated: "t", completion_tokens: "0" });
});

it("An analysis whose process dies repeatedly is given up on", async () => {
  const { eve, marker, fileId } = await lastTry({});
  await query("UPDATE file_analyses SET call_id = $2, call_expires_at = now() WHERE file_id = $1", [
    fileId,
    crypto.randomUUID(),
  ]);
  await fireCron(platformUrl);
  await until(async () => (await stateOf(fileId))?.status === "failed");
  expect(await requestsContaining(marker)).toHaveLength(0);
  expect(await usageRowsOf(eve)).toHaveLength(1);
});

it("Deleting a file deletes its analysis, also a running one, whose cost stays recorded", async () => {
  const eve = await signUpWithFiles();
  const marker = await script({ tokens: [JSON.stringify(ANSWER)], holdAfter: 0 });
  const fileId = await newDocument(eve, [marker]);
  const waiting = eve.post(pathOf(fileId));
  await until(async () => (await requestsContaining(marker)).length === 1);
  await query("DELETE FROM files WHERE id = $1", [fileId]);
  await release(marker);
  expectProblem(await waiting, 404, "not_found");
  await until(async () => (await usageRowsOf(eve)).length === 1);
  expect(await stateOf(fileId)).toBeUndefined();
});

it("A part that one worker has claimed is not sent to the model by another", async () => {
  const eve = await signUpWithFiles();
  const marker = await script({ tokens: [JSON.stringify(ANSWER)], holdAfter: 0 });
  const fileId = await newDocument(eve, [marker]);
  const waiting = eve.post(pathOf(fileId));
  await until(async () => (await requestsContaining(marker)).length === 1);
  // As if there was no progress for long, but within the provider's timeout.
  await query(
    "UPDATE file_analyses SET updated_at = now() - interval '1 hour' WHERE file_id = $1",
    [fileId],
  );
  await fireCron(platformUrl);
  await release(marker);
  expect((await waiting).status).toBe(200);
  expect(await requestsContaining(marker)).toHaveLength(1);
});

it("The key of an analysis is stored with ids and a hash, and nothing of the document", async () => {
  const eve = await signUpWithFiles();
  const secret = `marker-${crypto.randomUUID()}`;
  const fileId = await newDocument(eve, [`The ${secret} is hidden in this sentence.`]);
  const { body } = await eve.post(pathOf(fileId), {}, withKey(newKey()));
  const keys = await query("SELECT * FROM idempotency_keys WHERE file_id = $1", [fileId]);
  expect(keys).toMatchObject([{ answer_id: body.id, chat_id: null }]);
  expect(JSON.stringify(keys)).not.toContain(secret);
});
