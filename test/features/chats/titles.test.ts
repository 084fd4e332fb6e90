import { beforeAll, describe, expect, it } from "vitest";
import type { Script } from "../../../local/provider/script.ts";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** A user message that is answered, and whose first title follows this script. */
async function contentTitled(how: Script, words = "May a landlord keep it?"): Promise<string> {
  const answer = await script({ kind: "answer", tokens: ["Yes."] });
  const title = await script({ kind: "title", times: 1, ...how });
  return `${words} ${answer} ${title}`;
}

/** The first words of a message, at the maximum length of a title made of them. */
const BEGINNING = "May a landlord keep it?";

async function ask(chatId: string, content: string) {
  const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content });
  expect(status).toBe(200);
  return body;
}

const titlesAsked = async (content: string) =>
  (await requestsContaining(content)).filter(({ body }) => !body.stream).length;

const titleCosts = (chatId: string) =>
  query(
    "SELECT completion_tokens, estimated FROM ai_usage WHERE chat_id = $1 AND service_type = 'title'",
    [chatId],
  );

describe("a title that arrives as", () => {
  it.each([
    ['{"suggested_name":"Deposit return","reasoning":"The qu', "Deposit return"],
    ["**Deposit return**", "Deposit return"],
    ["Title: Deposit return", "Deposit return"],
    ["「敷金の返還」", "敷金の返還"],
    ['{"title":"Deposit return"}', "Deposit return"],
    ['What is "force majeure"', 'What is "force majeure"'],
    ["Acme Inc.", "Acme Inc."],
    ["<think>\nOkay.\n</think>\n\nDeposit return<|im_end|>", "Deposit return"],
  ])("%s names the chat %s", async (answer, title) => {
    const chatId = await newChat(ada);
    const body = await ask(chatId, await contentTitled({ tokens: [answer] }));
    expect(body.chat_name).toBe(title);
    const chat = (await ada.get(`/chats/${chatId}`)).body;
    expect(chat).toMatchObject({ title, auto_title: false });
  });
});

describe("without a usable title", () => {
  it.each<[string, Script]>([
    [
      "only reasoning, which is cut",
      { tokens: ["<think>\nOkay, the user"], finishReason: "length" },
    ],
    ["nothing, for want of tokens", { tokens: [""], finishReason: "length" }],
    ["a fence without content", { tokens: ["```json\n"] }],
    ["an object without a name", { tokens: ['{"suggested_name":null}'] }],
    ["a failure", { errorStatus: 500 }],
  ])(
    "(%s) the chat shows the words of the first message until a title comes",
    async (_what, how) => {
      const chatId = await newChat(ada);
      const content = await contentTitled(how);
      const { chat_name: placeholder } = await ask(chatId, content);
      expect(placeholder).toMatch(BEGINNING);
      expect(content.startsWith(placeholder)).toBe(true);
      const first = await ada.get(`/chats/${chatId}`);
      expect(first.body).toMatchObject({ title: placeholder, auto_title: true });

      const title = await script({ kind: "title", tokens: ["Deposit return"] });
      const second = await ask(chatId, "And in writing?");
      // It is requested after the first message, which does not contain this marker.
      expect(await titlesAsked(title)).toBe(0);
      expect(await titlesAsked(content)).toBe(2);
      expect(second.chat_name).not.toBe(placeholder);
      expect((await ada.get(`/chats/${chatId}`)).body.auto_title).toBe(false);
    },
  );

  it("the cost of the provider's call is recorded", async () => {
    const chatId = await newChat(ada);
    const usage = { prompt_tokens: 90, completion_tokens: 200 };
    await ask(chatId, await contentTitled({ tokens: ["<think>"], usage }));
    expect(await titleCosts(chatId)).toEqual([{ completion_tokens: "200", estimated: "f" }]);
  });

  it("twice, the first words stay, and the chat is not changed for them again", async () => {
    const chatId = await newChat(ada);
    const content = await contentTitled({ times: 2, tokens: ["…"] });
    const { chat_name: placeholder } = await ask(chatId, content);
    const stored = await ask(chatId, "And in writing?");
    expect(stored.chat_name).toBe(placeholder);
    expect(await titlesAsked(content)).toBe(2);
  });

  it.each([{ title: "Mine" }, { title: "Mine", auto_title: false }])(
    "a title set by the client is kept: %j",
    async (body) => {
      const chatId = await newChat(ada, body);
      const { chat_name: name } = await ask(chatId, await contentTitled({ tokens: ["…"] }));
      expect(name).toBe("Mine");
    },
  );

  it("a title set by the client is never replaced, and no title is requested", async () => {
    const chatId = await newChat(ada, { title: "Mine" });
    const content = await contentTitled({ tokens: ["Deposit return"] });
    expect((await ask(chatId, content)).chat_name).toBe("Mine");
    expect((await ask(chatId, "And in writing?")).chat_name).toBe("Mine");
    expect(await titlesAsked(content)).toBe(0);
    expect((await ada.get(`/chats/${chatId}`)).body).toMatchObject({
      title: "Mine",
      auto_title: false,
    });
  });

  it("a title set by the client is replaced where it asks for that", async () => {
    const chatId = await newChat(ada, { title: "Intake of today", auto_title: true });
    const content = await contentTitled({ tokens: ["Deposit return"] });
    expect((await ask(chatId, content)).chat_name).toBe("Deposit return");
  });

  it("a rename by the user ends automatic naming", async () => {
    const chatId = await newChat(ada);
    const content = await contentTitled({ tokens: ["…"] });
    await ask(chatId, content);
    await ada.patch(`/chats/${chatId}`, { title: "My own" });
    expect((await ask(chatId, "And in writing?")).chat_name).toBe("My own");
    expect(await titlesAsked(content)).toBe(1);
  });

  it("a message in a script without spaces gives its first characters", async () => {
    const chatId = await newChat(ada);
    const words = "押金可以全部扣留吗".repeat(10);
    const { chat_name: name } = await ask(chatId, await contentTitled({ tokens: [""] }, words));
    expect(words.startsWith(name)).toBe(true);
    expect(Array.from(name).length).toBeGreaterThan(20);
  });
});

describe("the title of a chat that began with a greeting", () => {
  it("is requested from the user's first message", async () => {
    const chatId = await newChat(ada);
    await ada.post("/messages", { chat_id: chatId, type: "bot", content: "Welcome!" });
    const content = await contentTitled({ tokens: ["Deposit return"] });
    expect((await ask(chatId, content)).chat_name).toBe("Deposit return");
  });
});
