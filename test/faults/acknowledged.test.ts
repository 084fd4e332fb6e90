import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat, say } from "../support/chats.ts";
import { type SignedIn, signUp } from "../support/client.ts";
import { type FastWorker, startFastWorker } from "../support/fast-worker.ts";
import { script } from "../support/provider.ts";
import { readEvents } from "../support/sse.ts";

const CHATS = 10;

let ada: SignedIn;
let worker: FastWorker;
beforeAll(async () => {
  [ada, worker] = await Promise.all([signUp(), startFastWorker()]);
});
afterAll(() => worker.close());

/** The contents of a chat's messages, as read on another connection. */
async function readContents(chatId: string): Promise<string[]> {
  const headers = { authorization: `Bearer ${ada.accessToken}` };
  const response = await fetch(`${worker.url}/chats/${chatId}/messages`, { headers });
  const messages = (await response.json()) as { content: string }[];
  return messages.map(({ content }) => content);
}

/** Sends a message, and waits only for its acknowledgement. */
async function ask(chatId: string, content: string): Promise<void> {
  const response = await fetch(`${worker.url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
  const { value } = await readEvents(response).next();
  expect(value?.name).toBe("user_message");
}

it("An acknowledged write is readable at once on another connection, and after SIGKILL", async () => {
  const marker = await script({ tokens: ["Never told."], holdAfter: 0 });
  const chats = await Promise.all(Array.from({ length: CHATS }, () => newChat(ada)));
  await Promise.all(
    chats.map(async (chatId, index) => {
      await say(ada, chatId, `stored ${index}`);
      await ask(chatId, `asked ${marker} ${index}`);
      const seen = await readContents(chatId);
      expect(seen.slice(0, 2)).toEqual([`stored ${index}`, `asked ${marker} ${index}`]);
    }),
  );
  await worker.crash();
  for (const [index, chatId] of chats.entries()) {
    const seen = await readContents(chatId);
    expect(seen.slice(0, 2)).toEqual([`stored ${index}`, `asked ${marker} ${index}`]);
  }
});
