import { beforeAll, describe, expect, it } from "vitest";
import { newChat, say } from "../../support/chats.ts";
import { bearer, type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

type Running = { chatId: string; answerId: string; marker: string; rest: Promise<StreamEvent[]> };

function ask(chatId: string, content: string): Promise<Response> {
  return ada.fetch(`/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

/** A turn that has emitted its first words, and waits for more that never come. */
async function startHeld(words = ["Half ", "an answer"]): Promise<Running> {
  const marker = await script({ tokens: words, holdAfter: words.length - 1, times: 1 });
  const chatId = await newChat(ada, { auto_title: false });
  const response = await ask(chatId, marker);
  const events = readEvents(response);
  const seen: StreamEvent[] = [];
  const isFar = () =>
    words.length === 1
      ? seen.some(({ name }) => name === "ai_message_start")
      : textOf(seen) === words[0];
  while (!isFar()) {
    const { value, done } = await events.next();
    if (done) throw new Error("the answer ended before it was stopped");
    seen.push(value);
  }
  const answerId = seen.find(({ name }) => name === "ai_message_start")?.data.message_id;
  return { chatId, answerId, marker, rest: readRest(events, seen) };
}

async function readRest(events: AsyncIterable<StreamEvent>, seen: StreamEvent[]) {
  for await (const event of events) seen.push(event);
  return seen;
}

const stop = (of: SignedIn, chatId: string, body?: Body) => of.post(`/chats/${chatId}/stop`, body);

const terminal = (events: StreamEvent[]) =>
  events.filter(({ name }) => name === "stream_complete").length;

async function usageOf(answerId: string) {
  return query(
    "SELECT service_type AS kind, attempt, estimated FROM ai_usage WHERE message_id = $1",
    [answerId],
  );
}

describe("stopping an answer", () => {
  it("keeps the text so far, ends its stream, and records its cost", async () => {
    const { chatId, answerId, rest } = await startHeld();
    const { status, body } = await stop(ada, chatId);
    expect(status).toBe(200);
    expect(body).toMatchObject({ id: answerId, status: "stopped", content: "Half " });
    expect(body.metadata.usage).toMatchObject({ estimated: true });
    const events = await rest;
    expect(events.map(({ name }) => name).slice(-2)).toEqual([
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(events.at(-2)?.data.message).toMatchObject({ status: "stopped", content: "Half " });
    expect((await ada.get(`/chats/${chatId}/messages`)).body.at(-1)).toEqual(body);
    expect(await usageOf(answerId)).toEqual([{ kind: "answer", attempt: "1", estimated: "t" }]);
  });

  it("works from another device of the same user, and takes no trip but the one that saves", async () => {
    const { chatId, answerId, rest } = await startHeld();
    const phone = bearer(
      (await ada.post("/auth/login", { email: ada.user.email, password: ada.password })).body
        .access_token,
    );
    const calls = await countCalls(chatId, async () => {
      const { body } = await phone.post(`/chats/${chatId}/stop`, { message_id: answerId });
      expect(body.status).toBe("stopped");
    });
    expect(calls).toBe(1);
    await rest;
  });

  it("before its first token stores an empty answer, and is billed once", async () => {
    const { chatId, answerId, rest } = await startHeld(["never"]);
    expect((await stop(ada, chatId)).body).toMatchObject({ status: "stopped", content: "" });
    expect(textOf(await rest)).toBe("");
    expect(await usageOf(answerId)).toHaveLength(1);
  });

  it("returns the text so far as a success to a client that waits for JSON", async () => {
    const marker = await script({ tokens: ["never"], holdAfter: 0, times: 1 });
    const chatId = await newChat(ada, { auto_title: false });
    const asked = ada.post(`/chats/${chatId}/messages`, { content: marker });
    await until(async () => (await requestsContaining(marker)).length > 0);
    await stop(ada, chatId);
    const { status, body } = await asked;
    expect(status).toBe(200);
    expect(body.ai_response.status).toBe("stopped");
  });

  it("twenty times at once stops once, and all get the same response", async () => {
    const { chatId, answerId, rest } = await startHeld();
    const replies = await Promise.all(Array.from({ length: 20 }, () => stop(ada, chatId)));
    expect(new Set(replies.map(({ status }) => status))).toEqual(new Set([200]));
    for (const { body } of replies) expect(body).toEqual(replies[0]?.body);
    expect(terminal(await rest)).toBe(1);
    expect(await usageOf(answerId)).toHaveLength(1);
    const again = await stop(ada, chatId, { message_id: answerId });
    expect(again.body).toEqual(replies[0]?.body);
  });

  it("is answered within two seconds, also while Postgres accepts no end", async () => {
    const { chatId, answerId, rest } = await startHeld();
    const recover = await injectFault({ contains: answerId, times: 99, kind: "refuse" });
    const stopped = await ada.fetch(`/chats/${chatId}/stop`, {
      method: "POST",
      signal: AbortSignal.timeout(2_000),
    });
    expect(await stopped.json()).toMatchObject({ status: "stopped", content: "Half " });
    await recover();
    expect(terminal(await rest)).toBe(1);
    const last = (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
    expect(last).toMatchObject({ id: answerId, status: "stopped", content: "Half " });
  });

  it("at the moment of its end leaves one end, whichever came first", async () => {
    for (let round = 0; round < 20; round++) {
      const marker = await script({ tokens: ["One ", "two."], times: 1 });
      const chatId = await newChat(ada, { auto_title: false });
      const streamed = ask(chatId, marker);
      const events = allEvents(await streamed);
      const { body } = await stop(ada, chatId);
      const received = await events;
      expect(terminal(received)).toBe(1);
      const last = (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
      expect(["complete", "stopped"]).toContain(last.status);
      expect(body).toMatchObject({ id: last.id, status: last.status, content: last.content });
      expect(textOf(received)).toBe(last.content);
      expect(await usageOf(last.id)).toHaveLength(1);
    }
  });

  it("named by another answer's id leaves the running one alone", async () => {
    const first = await startHeld();
    await stop(ada, first.chatId);
    await first.rest;
    const marker = await script({ tokens: ["Second ", "answer"], holdAfter: 1, times: 1 });
    const response = await ask(first.chatId, marker);
    const rest = allEvents(response);
    const { body } = await stop(ada, first.chatId, { message_id: first.answerId });
    expect(body).toMatchObject({ id: first.answerId, status: "stopped", content: "Half " });
    const running = (await ada.get(`/chats/${first.chatId}/messages`)).body.at(-1);
    expect(running.status).toBe("streaming");
    await stop(ada, first.chatId, { message_id: running.id });
    expect(terminal(await rest)).toBe(1);
  });

  it("ends one whose beginning was committed although its response was lost", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    await injectFault({ contains: chatId, times: 2, kind: "cut_after_commit" });
    expectProblem(
      await ada.post(`/chats/${chatId}/messages`, { content: "Did this arrive?" }),
      503,
      "database_unavailable",
    );
    const { status, body } = await stop(ada, chatId);
    expect([status, body.status]).toEqual([200, "interrupted"]);
    expect((await ada.get(`/chats/${chatId}/messages`)).body.at(-1)).toEqual(body);
    expect(await usageOf(body.id)).toEqual([]);
  });

  it("lets the next message in at once", async () => {
    const { chatId, rest } = await startHeld();
    await stop(ada, chatId);
    await rest;
    const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content: "And now?" });
    expect([status, body.ai_response?.status]).toEqual([200, "complete"]);
  });
});

describe("without a running answer", () => {
  it("a stop returns the last answer of the active path unchanged", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const { body } = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" });
    await say(ada, chatId, "A note of mine.");
    const stopped = await stop(ada, chatId);
    expect(stopped.status).toBe(200);
    expect(stopped.body).toEqual(body.ai_response);
  });

  it("a stop in a chat without an answer returns none", async () => {
    const chatId = await newChat(ada);
    expect((await stop(ada, chatId)).status).toBe(204);
    await say(ada, chatId, "A note.");
    expect((await stop(ada, chatId)).status).toBe(204);
  });

  it("a stop of a message that is no answer of this chat is 404", async () => {
    const chatId = await newChat(ada);
    const noteId = await say(ada, chatId, "A note.");
    for (const message_id of [noteId, crypto.randomUUID()]) {
      expectProblem(await stop(ada, chatId, { message_id }), 404, "not_found");
    }
  });
});

describe("another user", () => {
  it("stops nothing, and cannot tell the chat from one that never existed", async () => {
    const { chatId, answerId, rest } = await startHeld();
    for (const body of [undefined, { message_id: answerId }]) {
      expectProblem(await stop(eve, chatId, body), 404, "not_found");
    }
    expectProblem(await stop(eve, crypto.randomUUID()), 404, "not_found");
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    expect(body.at(-1).status).toBe("streaming");
    await stop(ada, chatId);
    await rest;
  });
});
