import { expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { signUp } from "../../support/client.ts";
import { newKey, send } from "../../support/keys.ts";
import { callsContaining, injectFault } from "../../support/postgres.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents, readEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

it("A turn that begins while the one before still waits for its title waits for its end", async () => {
  const ada = await signUp();
  const chatId = await newChat(ada);
  const path = `/chats/${chatId}/messages/stream`;
  const late = await script({ tokens: ["Second."] });
  await injectFault({ contains: late, times: 1, kind: "delay", delayMs: 1_500 });
  const second = send(ada, path, { content: late }, newKey());
  await until(async () => (await callsContaining(late)).length === 1);
  const early = await script({ kind: "title", holdAfter: 0 });
  const first = readEvents(await send(ada, path, { content: early }, newKey()));
  const received: string[] = [];
  let lastId = 0;
  for await (const { id, name, data } of first) {
    expect(data.message?.content).not.toBe(late);
    if (name !== "content_delta") received.push(name);
    lastId = id;
    if (name !== "ai_message_complete") continue;
    await until(async () => (await ada.get(`/chats/${chatId}`)).body.message_count === 4);
    await release(early);
  }
  expect(received.slice(-3)).toEqual(["ai_message_complete", "chat_name", "stream_complete"]);
  const events = await allEvents(await second);
  expect(events[0]).toMatchObject({ id: lastId + 1, data: { message: { content: late } } });
  expect(textOf(events)).toBe("Second.");
  for (const [index, { id }] of events.entries()) {
    expect(id).toBe(lastId + 1 + index);
    const rest = await ada.fetch(`${path.replace("messages/", "")}?after=${id}`);
    expect(await allEvents(rest)).toEqual(events.slice(index + 1));
  }
});

it("A message sent while only the title is pending is answered, and the title stored later", async () => {
  const ada = await signUp();
  const chatId = await newChat(ada);
  const marker = await script({ kind: "title", tokens: ["A late title"], holdAfter: 0, times: 1 });
  const path = `/chats/${chatId}/messages/stream`;
  const first = readEvents(await send(ada, path, { content: marker }, newKey()));
  const received: string[] = [];
  for await (const { name } of first) {
    received.push(name);
    if (name !== "ai_message_complete") continue;
    const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content: "And then?" });
    expect([status, body.ai_response?.status]).toEqual([200, "complete"]);
  }
  expect(received.slice(-2)).toEqual(["ai_message_complete", "stream_complete"]);
  await release(marker);
  await until(async () => (await ada.get(`/chats/${chatId}`)).body.title === "A late title");
});
