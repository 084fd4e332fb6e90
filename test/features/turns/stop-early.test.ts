import { beforeAll, describe, expect, it } from "vitest";
import { askedChat } from "../../support/branches.ts";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

/** Longer than a stop may take, and shorter than a call to Postgres may. */
const SLOW_MS = 4_000;
const PROMISED_MS = 2_000;

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

type Call = { method?: string; path: string; body?: object };

const send = (of: SignedIn, { method = "POST", path, body = {} }: Call, signal?: AbortSignal) =>
  of.fetch(path, {
    method,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
    ...(signal && { signal }),
  });

/** Begins a turn while Postgres is slow: resolves when Postgres is called, with the pending response. */
async function beginSlowly(chatId: string, call: Call): Promise<{ response: Promise<Response> }> {
  const before = (await callsContaining(chatId)).length;
  await injectFault({ contains: chatId, times: 1, kind: "delay", delayMs: SLOW_MS });
  const response = send(ada, call);
  await until(async () => (await callsContaining(chatId)).length > before);
  return { response };
}

/** Fails where it takes longer than promised. */
const stop = (of: SignedIn, chatId: string, body = {}) =>
  send(of, { path: `/chats/${chatId}/stop`, body }, AbortSignal.timeout(PROMISED_MS));

const lastOf = async (chatId: string) => (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);

const usageOf = (chatId: string) => query("SELECT id FROM ai_usage WHERE chat_id = $1", [chatId]);

describe.concurrent("A stop while Postgres is slow to begin the turn", () => {
  it("is answered in time, and the turn ends before a provider is called", async () => {
    const marker = await script({ tokens: ["never"] });
    const chatId = await newChat(ada);
    const path = `/chats/${chatId}/messages/stream`;
    const { response } = await beginSlowly(chatId, { path, body: { content: marker } });
    const replies = await Promise.all([stop(ada, chatId), stop(ada, chatId), stop(ada, chatId)]);
    const stopped = { status: "stopped", content: "", chat_id: chatId };
    for (const reply of replies) {
      expect(reply.status).toBe(200);
      expect(await reply.json()).toMatchObject(stopped);
    }
    const events = await allEvents(await response);
    expect(events.map(({ name }) => name)).toEqual([
      "user_message",
      "ai_message_start",
      "ai_message_complete",
      "stream_complete",
    ]);
    const last = await lastOf(chatId);
    expect(last).toMatchObject(stopped);
    expect(await (await stop(ada, chatId)).json()).toEqual(last);
    expect(await requestsContaining(marker)).toEqual([]);
    expect(await usageOf(chatId)).toEqual([]);
    const next = await ada.post(`/chats/${chatId}/messages`, { content: "And now?" });
    expect([next.status, next.body.ai_response?.status]).toEqual([200, "complete"]);
  });

  it("returns the stopped answer to a client that waits for JSON", async () => {
    const marker = await script({ tokens: ["never"] });
    const chatId = await newChat(ada, { auto_title: false });
    const path = `/chats/${chatId}/messages`;
    const { response } = await beginSlowly(chatId, { path, body: { content: marker } });
    expect((await stop(ada, chatId)).status).toBe(200);
    const { ai_response: answer } = (await (await response).json()) as { ai_response: object };
    expect(answer).toMatchObject({ status: "stopped", content: "" });
    expect(await requestsContaining(marker)).toEqual([]);
  });

  it.each(["regenerate", "edit"])("ends a turn that begins by %s", async (way) => {
    const { chatId, marker, userMessage, answer } = await askedChat(ada);
    const asked = (await requestsContaining(marker)).length;
    const paid = await usageOf(chatId);
    const { response } = await beginSlowly(
      chatId,
      way === "edit"
        ? { method: "PATCH", path: `/messages/${userMessage.id}`, body: { content: marker } }
        : { path: `/messages/${answer.id}/regenerate` },
    );
    expect(await (await stop(ada, chatId)).json()).toMatchObject({ status: "stopped" });
    await (await response).text();
    expect(await lastOf(chatId)).toMatchObject({ status: "stopped", content: "" });
    expect(await requestsContaining(marker)).toHaveLength(asked);
    expect(await usageOf(chatId)).toEqual(paid);
  });

  it("of another answer, or by another user, leaves the turn alone", async () => {
    const marker = await script({ tokens: ["An answer."] });
    const chatId = await newChat(ada, { auto_title: false });
    const path = `/chats/${chatId}/messages`;
    const { response } = await beginSlowly(chatId, { path, body: { content: marker } });
    const replies = [
      await stop(eve, chatId),
      await stop(ada, chatId, { message_id: crypto.randomUUID() }),
    ];
    expect(replies.map(({ status }) => status)).toEqual([404, 404]);
    expect((await response).status).toBe(200);
    expect(await lastOf(chatId)).toMatchObject({ status: "complete", content: "An answer." });
  });
});
