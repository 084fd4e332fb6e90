import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { contractPdf } from "../../fixtures/documents.ts";
import { newChat } from "../../support/chats.ts";
import {
  type Body,
  expectProblem,
  type SignedIn,
  signUpWithFiles,
  platformUrl,
} from "../../support/client.ts";
import { newDocument, setStatus } from "../../support/documents.ts";
import { announce, readyFile, sendTo, upload } from "../../support/files.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining } from "../../support/provider.ts";
import { openTab } from "../../support/socket.ts";
import { allEvents, readEvents, type StreamEvent } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const TEXT = ["The deposit of $3,000 is returned within thirty days of the end of the term."];

let ada: SignedIn;
let impatient: RunningWorker;
beforeAll(async () => {
  [ada, impatient] = await Promise.all([
    signUpWithFiles(),
    startWorker({ TURN_LIMITS: JSON.stringify({ file_wait_ms: 300, heartbeat_ms: 50 }) }),
  ]);
});
afterAll(() => impatient.close());

function stream(chatId: string, body: object, url = platformUrl): Promise<Response> {
  return fetch(`${url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
}

/** A turn that waits for a file: its chat, and its stream after the first two events. */
async function waiting(fileId: string, url = platformUrl) {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = `marker-${crypto.randomUUID()}`;
  const body = { content: `When is the deposit returned? ${marker}`, file_ids: [fileId] };
  const events = readEvents(await stream(chatId, body, url));
  const first = [(await events.next()).value, (await events.next()).value];
  expect(first.map((event) => event?.name)).toEqual(["user_message", "ai_message_start"]);
  const rest = async () => {
    const seen: StreamEvent[] = [];
    for await (const event of events) seen.push(event);
    return seen;
  };
  return { chatId, marker, answerId: first[1]?.data.message_id, rest };
}

const usageOf = (chatId: string) =>
  query("SELECT service_type FROM ai_usage WHERE chat_id = $1", [chatId]);

describe("a question about a file that is being ingested", () => {
  it("is stored at once, waits, and is answered with citations when the file is ready", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const turn = await waiting(id);
    const stored = (await ada.get(`/chats/${turn.chatId}/messages`)).body;
    expect(stored.map(({ status }: Body) => status)).toEqual(["complete", "streaming"]);
    expect(await requestsContaining(turn.marker)).toEqual([]);
    await setStatus(id, "ready");
    const rest = await turn.rest();
    const cited = rest.filter(({ name }) => name === "citations");
    expect(cited.flatMap(({ data }) => data.citations)[0]).toMatchObject({
      file_id: id,
      page: 1,
      status: "verified",
    });
    expect(rest.every(({ bytes }) => bytes <= 4096)).toBe(true);
    const complete = rest.find(({ name }) => name === "ai_message_complete");
    expect(complete?.data.message).toMatchObject({ status: "complete" });
    const names = rest.map(({ name }) => name);
    expect(names.indexOf("citations")).toBeLessThan(names.indexOf("ai_message_complete"));
  });

  it("is answered right after the upload, as the frontend sends it: with the file's URL", async () => {
    const { body: file } = await upload(ada, await contractPdf(), "contract.pdf");
    const chatId = await newChat(ada);
    const { status, body } = await ada.post(`/chats/${chatId}/messages`, {
      content: "What does the agreement say of the fee?",
      file_name: "contract.pdf",
      file_url: file.file_url,
    });
    expect(status).toBe(200);
    expect(body.ai_response.metadata.citations.length).toBeGreaterThan(0);
    for (const { file_id } of body.ai_response.metadata.citations) expect(file_id).toBe(file.id);
  });

  it("ends with an error that says so when the file fails", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const turn = await waiting(id);
    await setStatus(id, "failed");
    const rest = await turn.rest();
    expect(rest.map(({ name }) => name)).toEqual([
      "turn_error",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(rest[0]?.data.code).toBe("file_failed");
    expect(rest[1]?.data.message.status).toBe("failed");
    expect(await usageOf(turn.chatId)).toEqual([]);
  });

  it("waits up to its timeout, with heartbeats meanwhile, and can be regenerated", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const turn = await waiting(id, impatient.url);
    const rest = await turn.rest();
    expect(rest[0]?.data.code).toBe("file_not_ready");
    const chatId = await newChat(ada, { auto_title: false });
    const json = await fetch(`${impatient.url}/chats/${chatId}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ content: "When?", file_ids: [id] }),
    });
    const problem: Body = await json.json();
    expect({ status: json.status, code: problem.code }).toEqual({
      status: 504,
      code: "file_not_ready",
    });
    expect(problem.message_id).toBeDefined();
    await setStatus(id, "ready");
    const again = await ada.post(`/messages/${turn.answerId}/regenerate`);
    expect(again.body.ai_response.metadata.citations.length).toBe(1);
  });

  it("can be stopped while it waits, from any device, without calling or billing a provider", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const turn = await waiting(id);
    const { status, body } = await ada.post(`/chats/${turn.chatId}/stop`);
    expect({ status, is: body.status }).toEqual({ status: 200, is: "stopped" });
    expect((await turn.rest()).at(-1)?.name).toBe("stream_complete");
    expect(await requestsContaining(turn.marker)).toEqual([]);
    expect(await usageOf(turn.chatId)).toEqual([]);
  });

  it("continues without a file that is deleted meanwhile", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const turn = await waiting(id);
    await query("DELETE FROM files WHERE id = $1", [id]);
    const complete = (await turn.rest()).find(({ name }) => name === "ai_message_complete");
    expect(complete?.data.message.status).toBe("complete");
  });

  it("is refused when the client does not want to wait, and leaves nothing", async () => {
    const id = await newDocument(ada, TEXT, { status: "processing" });
    const chatId = await newChat(ada);
    const asked = { content: "When?", file_ids: [id], wait: false };
    expectProblem(await ada.post(`/chats/${chatId}/messages`, asked), 409, "file_processing");
    expect((await ada.get(`/chats/${chatId}/messages`)).body).toEqual([]);
  });
});

describe("the citations of a stream", () => {
  it("are repeated in a resumed stream, and in a repetition by its key", async () => {
    const file = await readyFile(ada, TEXT[0] ?? "", "lease.txt");
    const chatId = await newChat(ada, { auto_title: false });
    const key = `key-${crypto.randomUUID()}`;
    const send = () =>
      fetch(`${platformUrl}/chats/${chatId}/messages/stream`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${ada.accessToken}`,
          "content-type": "application/json",
          "idempotency-key": key,
        },
        body: JSON.stringify({ content: "When is the deposit returned?", file_ids: [file.id] }),
      });
    const first = await allEvents(await send());
    const cited = first.find(({ name }) => name === "citations");
    expect(cited?.data.citations[0]).toMatchObject({ file_id: file.id, quote: TEXT[0] });
    const again = await allEvents(await send());
    expect(again.find(({ name }) => name === "citations")?.data).toEqual(cited?.data);
    const resumed = await ada.fetch(`/chats/${chatId}/stream?after=${(cited?.id ?? 0) - 1}`);
    expect((await allEvents(resumed))[0]).toEqual(cited);
  });
});

describe("a live tab", () => {
  it("receives the result of the ingestion of a file that its chat refers to", async () => {
    const { body: started } = await ada.post(
      "/files",
      announce(TEXT[0] ?? "", "a.txt", "text/plain"),
    );
    const { file, upload: signed } = started;
    const turn = await waiting(file.id);
    const tab = await openTab(ada, turn.chatId, platformUrl);
    await sendTo(signed, TEXT[0] ?? "");
    await ada.post(`/files/${file.id}/complete`);
    const frames = await tab.until("file_status");
    expect(frames.at(-1)).toEqual({
      type: "file_status",
      file_id: file.id,
      status: "ready",
      failure: null,
    });
    await turn.rest();
    await until(async () => tab.frames.some(({ type }) => type === "stream_complete"));
    tab.close();
  });
});
