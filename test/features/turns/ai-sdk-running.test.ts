import { beforeAll, describe, expect, it } from "vitest";
import {
  answered,
  answeredChat,
  answerIn,
  answerMessage,
  chatsOf,
  chunksOf,
  clientId,
  endOf,
  held,
  load,
  readUntil,
  resume,
  send,
  sendRaw,
  textIn,
  textsOf,
  toChunks,
  userMessage,
} from "../../support/ai-sdk.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { callsContaining } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { allEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("a running answer", () => {
  it("is not stopped by a client that closes its stream, and can be resumed from its start", async () => {
    const id = clientId();
    const { marker, finish } = await held("Half ", "and whole.");
    await readUntil(await sendRaw(ada, { id, messages: [userMessage(marker)] }), "Half ");
    const resumed = await resume(ada, id);
    await finish();
    const chunks = await chunksOf(resumed);
    expect(chunks[0]?.type).toBe("start");
    expect(textIn(chunks)).toBe("Half and whole.");
    expect((await resume(ada, id)).status).toBe(204);
  });

  it("is ended by the next message, and its text stays", async () => {
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const first = userMessage(marker);
    const seen = toChunks(await readUntil(await sendRaw(ada, { id, messages: [first] }), "Half "));
    const partial = answerMessage(answerIn(seen), "Half ");
    const next = userMessage(await answered("Next."));
    expect(textIn(await send(ada, { id, messages: [first, partial, next] }))).toBe("Next.");
    const messages = await load(ada, id);
    expect(textsOf(messages).filter((_, index) => index % 2 === 1)).toEqual(["Half ", "Next."]);
    expect(messages[1].metadata.status).toBe("stopped");
  });

  it("is ended by the next message, though the client saw nothing of it", async () => {
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const first = userMessage(marker);
    await readUntil(await sendRaw(ada, { id, messages: [first] }), "Half ");
    const next = userMessage(await answered("Next."));
    expect(textIn(await send(ada, { id, messages: [first, next] }))).toBe("Next.");
    expect(textsOf(await load(ada, id)).filter((_, index) => index % 2 === 1)).toEqual([
      "Half ",
      "Next.",
    ]);
  });

  it("is ended when its message is regenerated or edited", async () => {
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const first = userMessage(marker);
    await readUntil(await sendRaw(ada, { id, messages: [first] }), "Half ");
    await script({ kind: "answer", times: 1, tokens: ["Whole."] }, marker);
    const again = { id, messages: [first], trigger: "regenerate-message" };
    expect(textIn(await send(ada, again))).toBe("Whole.");
    expect(textsOf(await load(ada, id)).at(-1)).toBe("Whole.");
  });

  it("is stopped by its own route, and keeps its text", async () => {
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const stream = await sendRaw(ada, { id, messages: [userMessage(marker)] });
    const text = await readUntil(stream.clone(), "Half ");
    expect(text).toContain("Half ");
    const { status, body } = await ada.post(`/ai-sdk/chat/${id}/stop`);
    expect([status, body.status, body.content]).toEqual([200, "stopped", "Half "]);
    expect(endOf(toChunks(await stream.text()))).toMatchObject({ status: "stopped" });
    expect((await ada.post(`/ai-sdk/chat/${id}/stop`)).body.status).toBe("stopped");
  });

  it("is left out of the loaded conversation, because its stream brings it", async () => {
    const id = clientId();
    const { marker, finish } = await held("Half ", "and whole.");
    const stream = await sendRaw(ada, { id, messages: [userMessage(marker)] });
    expect((await load(ada, id)).map(({ role }) => role)).toEqual(["user"]);
    await finish();
    await stream.text();
    await until(async () => (await load(ada, id)).length === 2);
  });

  it("ends with an error chunk where its chat is deleted", async () => {
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const stream = await sendRaw(ada, { id, messages: [userMessage(marker)] });
    const [chat] = await chatsOf(id);
    await ada.delete(`/chats/${chat?.id}`);
    const chunks = toChunks(await stream.text());
    expect(chunks.find(({ type }) => type === "error")?.errorText).toContain("deleted");
  });

  it("ends with an error chunk where the session ends in the middle", async () => {
    const person = await signUp();
    const id = clientId();
    const { marker } = await held("Half ", "never.");
    const stream = await sendRaw(person, { id, messages: [userMessage(marker)] });
    await person.post("/auth/logout");
    const chunks = toChunks(await stream.text());
    expect(chunks.at(-1)).toMatchObject({ type: "error" });
    expect(chunks.some(({ type }) => type === "finish")).toBe(false);
  });

  it("is the same text on every wire, followed from its start or after it", async () => {
    const id = clientId();
    const tokens = ["First, ", "“quoted” ", "\n\n", "data: x ", "🙂 ", "end."];
    const { marker, finish } = await held(...tokens);
    const own = await sendRaw(ada, { id, messages: [userMessage(marker)] });
    const [chat] = await chatsOf(id);
    const events = ada.fetch(`/chats/${chat?.id}/stream`);
    const resumed = resume(ada, id);
    const workflow = resume(ada, id, "/ai-sdk/workflow");
    const streams = await Promise.all([resumed, workflow]);
    const plain = await events;
    await finish();
    const texts = await Promise.all(
      [own, ...streams].map(async (stream) => textIn(await chunksOf(stream))),
    );
    const stored = textsOf(await load(ada, id)).at(-1);
    const late = textIn(await chunksOf(await resume(ada, id, "/ai-sdk/workflow")));
    const all = [...texts, textOf(await allEvents(plain)), late, stored];
    expect(new Set(all)).toEqual(new Set([tokens.join("")]));
  });
});

describe("the round trips to Postgres", () => {
  it("of a message are two before the provider is called, and of resuming and loading one each", async () => {
    const { id, asked, answer } = await answeredChat(ada);
    const [chat] = await chatsOf(id);
    const chatId = String(chat?.id);
    const { marker, finish } = await held("Half ", "and whole.");
    const count = async () =>
      new Set(
        [...(await callsContaining(id)), ...(await callsContaining(chatId))].map((call) =>
          JSON.stringify(call),
        ),
      ).size;
    const before = await count();
    const stream = await sendRaw(ada, { id, messages: [asked, answer, userMessage(marker)] });
    expect((await count()) - before).toBe(2);
    const following = await resume(ada, id);
    expect((await count()) - before).toBe(3);
    await load(ada, id);
    expect((await count()) - before).toBe(4);
    await finish();
    await Promise.all([stream.text(), following.text()]);
  });
});
