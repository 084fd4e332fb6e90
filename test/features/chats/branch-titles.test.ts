import { beforeAll, describe, expect, it } from "vitest";
import { edit, regenerate, stream } from "../../support/branches.ts";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import type { Script } from "../../../local/provider/script.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** The first turn of a chat with automatic titles; returns its answer, however it ended. */
async function firstTurn(how: Script) {
  const chatId = await newChat(ada);
  const marker = await script(how);
  const events = await allEvents(
    await stream(ada, "POST", `/chats/${chatId}/messages`, { content: marker }),
  );
  const userMessageId = events[0]?.data.message.id;
  const { message } = events.find(({ name }) => name === "ai_message_complete")?.data ?? {};
  return { chatId, marker, userMessageId, answer: message, title: await titleOf(chatId) };
}

const titleOf = async (chatId: string) => (await ada.get(`/chats/${chatId}`)).body.title;

const titlesAsked = async (marker: string) =>
  (await requestsContaining(marker)).filter(({ body }) => !body.stream).length;

describe("the title of a chat", () => {
  it("is requested once, whichever answer comes first on the active path", async () => {
    const { chatId, marker, userMessageId, answer, title } = await firstTurn({ kind: "answer" });
    expect(title).not.toBe("New Chat");
    const again = await stream(ada, "POST", `/messages/${answer.id}/regenerate`);
    expect((await allEvents(again)).map(({ name }) => name)).not.toContain("chat_name");
    const { body } = await edit(ada, userMessageId, { content: `Otherwise? ${marker}` });
    expect(body.chat_name).toBe(title);
    expect(await titleOf(chatId)).toBe(title);
    expect(await titlesAsked(marker)).toBe(1);
    const rows = await query(
      "SELECT id FROM ai_usage WHERE chat_id = $1 AND service_type = 'title'",
      [chatId],
    );
    expect(rows).toHaveLength(1);
  });

  it("is not requested again where the first answer failed but the title succeeded", async () => {
    const { marker, answer, title } = await firstTurn({ kind: "answer", errorStatus: 500 });
    expect(answer.status).toBe("failed");
    expect(title).not.toBe("New Chat");
    await script({ times: 0 }, marker);
    const { body } = await regenerate(ada, answer.id);
    expect([body.ai_response.status, body.chat_name]).toEqual(["complete", title]);
    expect(await titlesAsked(marker)).toBe(1);
  });

  it("is requested again where it failed with the first answer", async () => {
    const { chatId, marker, answer, title } = await firstTurn({ errorStatus: 500 });
    expect([answer.status, title]).toEqual(["failed", marker]);
    await script({ times: 0 }, marker);
    const again = await stream(ada, "POST", `/messages/${answer.id}/regenerate`);
    const events = await allEvents(again);
    const name = events.find((event) => event.name === "chat_name")?.data.name;
    expect(name).toBe(await titleOf(chatId));
    expect(name).not.toBe(marker);
  });

  it("is not requested a second time while a request is running", async () => {
    const held: Script = { kind: "title", holdAfter: 0, tokens: ['{"suggested_name":"Late"}'] };
    const { chatId, marker, answer } = await firstTurn(held);
    const { body } = await regenerate(ada, answer.id);
    expect(body.chat_name).toBe("New Chat");
    await release(marker);
    await until(async () => (await titleOf(chatId)) === "Late");
    expect(await titlesAsked(marker)).toBe(1);
  });
});
