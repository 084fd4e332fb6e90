import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { callsContaining } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { readEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import { askEarly, warmChat } from "../../support/warm-rooms.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("the round trips to Postgres", () => {
  it("of a plain turn are one before the provider is called, and two in all", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const before = (await callsContaining(chatId)).length;
    const marker = await script({ tokens: ["One."], holdAfter: 0 });
    const turn = ada.post(`/chats/${chatId}/messages`, { content: marker });
    await until(async () => (await requestsContaining(marker)).length === 1);
    expect((await callsContaining(chatId)).length - before).toBe(1);
    await release(marker);
    await turn;
    expect((await callsContaining(chatId)).length - before).toBe(2);
  });

  it("of one in a room that has finished a turn are none before the provider is called, and two in all", async () => {
    const chatId = await warmChat(ada);
    const before = (await callsContaining(chatId)).length;
    const { marker, response, called } = await askEarly(ada, chatId);
    const [begin, ...others] = (await callsContaining(chatId)).slice(before);
    expect(others).toEqual([]);
    // It hangs: that it comes earlier than the other call by the clock says nothing.
    expect(begin?.body).toContain("INSERT INTO messages");
    expect(called.body.messages.at(-1)?.content).toBe(marker);
    await release(marker);
    await response;
    expect((await callsContaining(chatId)).length - before).toBe(2);
  });

  it("are two with a title that comes in time, and three with one that comes late", async () => {
    const early = await script({ kind: "answer", tokens: ["One."], holdAfter: 0 });
    const turn = ada.post("/chat", { content: early });
    await until(async () => (await requestsContaining(early)).length === 2);
    const titled = await until(async () =>
      (await requestsContaining(early)).find((seen) => !seen.body.stream),
    );
    expect(titled.aborted).toBe(false);
    await release(early);
    const { body } = await turn;
    expect(await callsContaining(body.chat_id)).toHaveLength(2);

    const late = await script({ kind: "title", holdAfter: 0 });
    const events = readEvents(
      await ada.fetch("/chat", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ content: late, stream: true }),
      }),
    );
    let chatId = "";
    for await (const { name, data } of events) {
      if (name === "user_message") chatId = data.message.chat_id;
      if (name === "ai_message_complete") await release(late);
    }
    expect(await callsContaining(chatId)).toHaveLength(3);
  });

  it("of reading a stream is one", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const before = (await callsContaining(chatId)).length;
    await ada.get(`/chats/${chatId}/stream`);
    expect((await callsContaining(chatId)).length - before).toBe(1);
  });
});
