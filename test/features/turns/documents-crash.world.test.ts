import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { newDocument, setStatus } from "../../support/documents.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { injectFault, query } from "../../support/postgres.ts";
import { requestsContaining } from "../../support/provider.ts";
import { allEvents, readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const TEXT = "The deposit of $3,000 is returned within thirty days.";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ flush_ms: 50, watchdog_ms: 1_000 });
  [ada, server] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
});
afterAll(() => server.close());

function call(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = {
    authorization: `Bearer ${ada.accessToken}`,
    "content-type": "application/json",
  };
  return fetch(server.url + path, { ...init, headers });
}

/** A turn that has emitted its first two events, and waits for its file. */
async function waitingTurn() {
  const file = await newDocument(ada, [TEXT], { status: "processing" });
  const chatId = await newChat(ada, { auto_title: false });
  const marker = `marker-${crypto.randomUUID()}`;
  const body = JSON.stringify({ content: `The deposit? ${marker}`, file_ids: [file] });
  const response = await call(`/chats/${chatId}/messages/stream`, { method: "POST", body });
  const events = readEvents(response);
  await events.next();
  const started = (await events.next()).value;
  return { file, chatId, marker, events, lastId: started?.id ?? 0 };
}

it("A crash while a turn waits for its file interrupts it, costs nothing, and is emitted", async () => {
  const { file, chatId, marker, events, lastId } = await waitingTurn();
  await server.crash();
  await events.next().catch(() => undefined);
  const answer = await until(async () => {
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    return body.at(-1).status !== "streaming" && body.at(-1);
  });
  expect(answer).toMatchObject({ status: "interrupted", content: "" });
  expect(await query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId])).toEqual([]);
  expect(await requestsContaining(marker)).toEqual([]);
  const rest = await allEvents(await call(`/chats/${chatId}/stream?after=${lastId}`));
  expect(rest.map(({ name }) => name)).toEqual([
    "turn_error",
    "ai_message_complete",
    "stream_complete",
  ]);
  await setStatus(file, "ready");
  const again = await ada.post(`/messages/${answer.id}/regenerate`);
  expect(again.body.ai_response.metadata.citations).toHaveLength(1);
});

it("A turn that waits for its file survives a Postgres outage", async () => {
  const { file, chatId, events } = await waitingTurn();
  const fault = { contains: chatId, times: 2, kind: "status", status: 500 } as const;
  const restore = await injectFault(fault);
  await setStatus(file, "ready");
  const names: string[] = [];
  for await (const { name } of events) names.push(name);
  await restore();
  expect(names).toContain("citations");
  expect(names.at(-1)).toBe("stream_complete");
});
