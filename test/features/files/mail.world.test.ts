import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractPdf } from "../../fixtures/documents.ts";
import { type MailPart, mailOf } from "../../fixtures/mail.ts";
import { newChat } from "../../support/chats.ts";
import { type Body, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { readyFile, settled, textOf } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining } from "../../support/provider.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorkerWithoutRetries } from "../../support/worker.ts";

let ada: SignedIn;
let worker: RunningWorker;
beforeAll(async () => {
  [ada, worker] = await Promise.all([signUpWithFiles(), startWorkerWithoutRetries()]);
});
afterAll(() => worker.close());

const body: MailPart = { type: "text/plain", bytes: "The lease is attached." };
const note = (text: string): MailPart => ({ type: "text/plain", name: "note.txt", bytes: text });

async function attachedTo(id: string): Promise<Body[]> {
  const { body: files } = await ada.get("/files?limit=100");
  return files.filter((file: Body) => file.parent_file_id === id);
}

describe("The documents of a mail", () => {
  it("become files of their own, also those of a mail within it", async () => {
    const inner = mailOf(body, [note("The deposit is 700.")], "B2");
    const pdf = { type: "application/pdf", name: "lease.pdf", bytes: await contractPdf() };
    const mail = await readyFile(
      ada,
      mailOf(body, [pdf, { type: "message/rfc822", name: "forwarded.eml", bytes: inner }]),
      "a.eml",
    );
    expect(mail.content_type).toBe("message/rfc822");
    const files = await until(async () => {
      const found = await attachedTo(mail.id);
      return found.length === 3 && found;
    });
    const ready = await Promise.all(files.map(({ id }) => settled(ada, id)));
    expect(new Set(ready.map(({ original_name: name, status }) => `${name} is ${status}`))).toEqual(
      new Set(["forwarded.eml is ready", "lease.pdf is ready", "note.txt is ready"]),
    );
    const inside = ready.find(({ original_name: name }) => name === "note.txt");
    expect(await textOf(ada, inside?.id)).toBe("The deposit is 700.");
  });

  it("are stored once, however often the mail is read", async () => {
    const bytes = mailOf(body, [note("Once."), { ...note("Twice."), name: "b.txt" }]);
    const mail = await readyFile(ada, bytes, "a.eml");
    await query("UPDATE files SET status = 'processing', ingestion_attempt = 2 WHERE id = $1", [
      mail.id,
    ]);
    const job = { step: "extract", fileId: mail.id, ingestionAttempt: 2, from: 1 } as const;
    await Promise.all([worker.sendJob(job), worker.sendJob(job)]);
    expect(await settled(ada, mail.id)).toMatchObject({ status: "ready" });
    expect(await attachedTo(mail.id)).toHaveLength(2);
  });

  it("are at most a hundred, those of mails within it included", async () => {
    const mail = await readyFile(ada, mailOf(body, [note("1"), note("2"), note("3")]), "a.eml");
    await query("DELETE FROM files WHERE parent_file_id = $1", [mail.id]);
    await query(
      `INSERT INTO files (id, user_id, original_name, file_path, file_url, file_size, content_type, status,
         parent_file_id, created_at)
       SELECT gen_random_uuid(), user_id, 'x.txt', 'x', 'x', 1, 'text/plain', 'failed', id, now()
       FROM files, generate_series(1, 98) WHERE id = $1`,
      [mail.id],
    );
    await query("UPDATE files SET status = 'processing', ingestion_attempt = 2 WHERE id = $1", [
      mail.id,
    ]);
    await worker.sendJob({ step: "extract", fileId: mail.id, ingestionAttempt: 2, from: 1 });
    expect(await settled(ada, mail.id)).toMatchObject({ status: "ready" });
    const [row] = await query("SELECT count(*) AS files FROM files WHERE parent_file_id = $1", [
      mail.id,
    ]);
    expect(row?.files).toBe("100");
  });

  it("are given to the model with it, and go when it is deleted", async () => {
    const secret = `The penalty is ${crypto.randomUUID()}.`;
    const mail = await readyFile(ada, mailOf(body, [note(secret)]), "a.eml");
    const [file] = await attachedTo(mail.id);
    await settled(ada, file?.id);
    const chatId = await newChat(ada, { auto_title: false });
    const marker = `marker-${crypto.randomUUID()}`;
    await ada.post(`/chats/${chatId}/messages`, {
      content: `What is the penalty? ${marker}`,
      file_ids: [mail.id],
    });
    const prompt = (await requestsContaining(marker)).find((request) => request.body.stream);
    expect(prompt?.body.messages.at(-1)?.content).toContain(secret);
    expect((await ada.delete(`/files/${mail.id}`)).status).toBe(204);
    expect((await ada.get(`/files/${file?.id}`)).status).toBe(404);
    const [due] = await query("SELECT count(*) AS due FROM deletions WHERE target = $1", [
      `files/${file?.id}`,
    ]);
    expect(Number(due?.due)).toBe(1);
  });
});
