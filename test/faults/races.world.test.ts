import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, expect, inject, it } from "vitest";
import { newChat } from "../support/chats.ts";
import { type ApiResponse, at, expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { startFastWorker } from "../support/fast-worker.ts";
import { startFaultProxy } from "../support/faults/fault-proxy.ts";
import { query } from "../support/postgres.ts";
import { release, script } from "../support/provider.ts";
import { allEvents, readEvents, type StreamEvent } from "../support/sse.ts";
import { until } from "../support/until.ts";

const AT_ONCE = 20;
const ROUNDS = 5;

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const streaming = { accept: "text/event-stream" };

function ask(chatId: string, content: string, index: number): Promise<ApiResponse> {
  const inChat = `/chats/${chatId}/messages`;
  if (index % 3 === 0) return ada.post("/chat", { chat_id: chatId, content });
  return index % 3 === 1
    ? ada.post(inChat, { content }, streaming)
    : ada.post(`${inChat}/stream`, { content });
}

it("Of twenty concurrent sends to one chat one is accepted, and the others are told which, every time", async () => {
  for (let round = 1; round <= ROUNDS; round++) {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = await script({ kind: "answer", tokens: ["Taken."], holdAfter: 0 });
    let refusals = 0;
    const sends = Array.from({ length: AT_ONCE }, async (_, index) => {
      const response = await ask(chatId, `${marker} ${index}`, index);
      if (response.status !== 200) refusals++;
      return response;
    });
    await until(async () => refusals === AT_ONCE - 1);
    await release(marker);
    const responses = await Promise.all(sends);
    const { body } = await ada.get(`/chats/${chatId}`);
    expect(body.message_count).toBe(2);
    const [, taken] = body.messages.slice(-2);
    expect(taken).toMatchObject({ status: "complete", content: "Taken." });
    for (const response of responses.filter(({ status }) => status !== 200)) {
      expectProblem(response, 409, "turn_in_progress");
      expect(response.body.message_id).toBe(taken.id);
    }
  }
});

it("Sends that race with the end of the answer before them are accepted or told to wait, nothing else", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ kind: "answer", tokens: ["Taken."] });
  for (let round = 1; round <= ROUNDS; round++) {
    const sends = Array.from({ length: AT_ONCE }, (_, index) => ask(chatId, marker, index));
    for (const response of await Promise.all(sends)) {
      expect([200, 409]).toContain(response.status);
      if (response.status === 409) expectProblem(response, 409, "turn_in_progress");
    }
  }
});

it("A resume that races with the deletion of its chat gets 404, not an unknown event id", async () => {
  const neon = new URL(inject("neonUrl"));
  const postgres = await startFaultProxy(neon.origin);
  const worker = await startFastWorker({ DATABASE_HTTP_URL: postgres.origin + neon.pathname });
  const chatId = await newChat(ada);
  postgres.plan(chatId, (number) => {
    if (number === 1) return undefined;
    void query("DELETE FROM chats WHERE id = $1", [chatId]);
    return { kind: "delay", ms: 1_000 };
  });
  const response = await at(worker.url, ada).get(`/chats/${chatId}/stream?after=1`);
  await Promise.all([worker.close(), postgres.close()]);
  expectProblem(response, 404, "not_found");
});

it("A send that races with the deletion of its chat leaves nothing behind", async () => {
  const chats = await Promise.all(Array.from({ length: AT_ONCE }, () => newChat(ada)));
  const tokens = Array.from({ length: 10 }, (_, index) => `${index} `);
  const marker = await script({ tokens, tokenDelayMs: 5 });
  const statuses = await Promise.all(
    chats.map(async (chatId, index) => {
      const sent = ask(chatId, marker, index);
      await delay(index * 5);
      const { status } = await ada.delete(`/chats/${chatId}`);
      return { deleted: status, sent: (await sent).status };
    }),
  );
  for (const { deleted, sent } of statuses) {
    expect(deleted).toBe(200);
    expect([200, 404]).toContain(sent);
  }
  for (const id of chats) expectProblem(await ada.get(`/chats/${id}`), 404, "not_found");
  const list = [chats.join(",")];
  // Rows being purged have no owner, and nothing was written since: every writer sets the current
  // message.
  const left = `SELECT 1 FROM chats WHERE id = ANY (string_to_array($1, ',')::uuid[])
      AND (user_id IS NOT NULL OR current_message_id IS NOT NULL)`;
  expect(await query(left, list)).toEqual([]);
});

/** The turn of the chat from after an event, or, without one, from its start. */
function readFrom(chatId: string, after: number): Promise<Response> {
  return ada.fetch(`/chats/${chatId}/stream${after > 0 ? `?after=${after}` : ""}`);
}

it("Fifty subscribers that join at different events see the same events, each to the end", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const tokens = Array.from({ length: 60 }, (_, index) => `${index}é `);
  const marker = await script({ tokens, tokenDelayMs: 5, holdAfter: 30 });
  const body = JSON.stringify({ content: marker });
  const headers = { "content-type": "application/json" };
  const first = readEvents(
    await ada.fetch(`/chats/${chatId}/messages/stream`, { method: "POST", headers, body }),
  );
  const all: StreamEvent[] = [];
  const readUntil = async (length: number) => {
    while (all.length < length) {
      const { value, done } = await first.next();
      if (done) return;
      all.push(value);
    }
  };
  await readUntil(20);
  const offsets = Array.from({ length: 50 }, (_, index) => index % 20);
  const subscribers = await Promise.all(offsets.map((after) => readFrom(chatId, after)));
  const reading = subscribers.map(allEvents);
  await release(marker);
  await readUntil(Number.POSITIVE_INFINITY);
  for (const [index, after] of offsets.entries()) {
    expect(await reading[index], `after ${after}`).toEqual(all.filter(({ id }) => id > after));
  }
  expect(all.at(-1)?.name).toBe("stream_complete");
});
