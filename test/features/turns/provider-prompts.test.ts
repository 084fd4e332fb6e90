import { beforeAll, describe, expect, it } from "vitest";
import type { Script } from "../../../local/provider/script.ts";
import { chatOf, newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { requestsContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

const emptyChat = () => newChat(ada, { auto_title: false });

const ask = (chatId: string, content: string) => ada.post(`/chats/${chatId}/messages`, { content });

const store = (chatId: string, type: "user" | "bot", content: string) =>
  ada.post("/messages", { chat_id: chatId, type, content });

/** The last prompt that the provider received, after the system prompt. */
async function lastPrompt(marker: string) {
  const request = (await requestsContaining(marker)).at(-1);
  return request?.body.messages.slice(1) ?? [];
}

/** A provider with a strict template. */
const strictProvider = () => script({ strictRoles: true, tokens: ["Yes."] });

describe("a provider that requires alternating roles answers", () => {
  it.each<[string, Script]>([
    ["with a server error", { errorStatus: 500 }],
    ["with nothing but the end of the connection", { tokens: ["a"], cutAfter: 0 }],
    ["with too many requests", { errorStatus: 429 }],
  ])("after a turn that failed %s", async (_how, failure) => {
    const chatId = await emptyChat();
    const failing = await script({ ...failure, times: 1 });
    expect((await ask(chatId, failing)).status).toBeGreaterThan(500);
    const marker = await strictProvider();
    const { status, body } = await ask(chatId, marker);
    expect([status, body.ai_response?.content]).toEqual([200, "Yes."]);
    expect(await lastPrompt(marker)).toEqual([
      { role: "user", content: `${failing}\n\n${marker}` },
    ]);
  });

  it("after a stored greeting, notes and white space", async () => {
    const chatId = await emptyChat();
    await store(chatId, "bot", "Welcome!");
    await store(chatId, "user", "First note.");
    await store(chatId, "user", " \n ");
    await store(chatId, "user", "Second note.");
    await store(chatId, "bot", "Noted.");
    await store(chatId, "bot", "Twice.");
    const marker = await strictProvider();
    expect((await ask(chatId, marker)).status).toBe(200);
    expect(await lastPrompt(marker)).toEqual([
      { role: "user", content: "First note.\n\nSecond note." },
      { role: "assistant", content: "Noted.\n\nTwice." },
      { role: "user", content: marker },
    ]);
  });

  it("a user message sent again beside a failed answer, and an edited one", async () => {
    const chatId = await emptyChat();
    await store(chatId, "bot", "Welcome!");
    const marker = await script({ errorStatus: 500, times: 1 });
    const failed = await ask(chatId, marker);
    await script({ strictRoles: true, tokens: ["Yes."] }, marker);
    const again = await ada.post(`/messages/${failed.body.message_id}/regenerate`, {});
    expect(again.status).toBe(200);
    const edited = await ada.patch(`/messages/${failed.body.user_message_id}`, {
      content: `${marker} edited`,
    });
    expect(edited.status).toBe(200);
    expect(await lastPrompt(marker)).toEqual([{ role: "user", content: `${marker} edited` }]);
  });
});

describe("a chat of 3,000 short messages", () => {
  it("is sent within the number of messages that providers accept", async () => {
    const { id } = await chatOf(ada, 3_000);
    const marker = await strictProvider();
    expect((await ask(id, marker)).status).toBe(200);
    const prompt = await lastPrompt(marker);
    expect(prompt.length).toBeGreaterThan(100);
    expect(prompt.length).toBeLessThanOrEqual(1_000);
    expect(prompt.at(-2)?.content).toBe("message 3000");
  });
});
