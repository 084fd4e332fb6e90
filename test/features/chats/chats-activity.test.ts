import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** Another isolate, whose clock is ahead, wrote last. */
const AHEAD = "2199-01-01T00:00:00.000Z";
const getAhead = (chatId: string) =>
  query("UPDATE chats SET updated_at = $2 WHERE id = $1", [chatId, AHEAD]);

async function expectKept(chatId: string, what: string): Promise<void> {
  expect((await ada.get(`/chats/${chatId}`)).body.updated_at, what).toBe(AHEAD);
}

it("A chat's activity time never goes backwards, whoever writes", async () => {
  const chatId = await newChat(ada);
  const userMessage = await say(ada, chatId, "Hello?");
  await getAhead(chatId);
  const turn = await ada.post(`/chats/${chatId}/messages`, { content: "A turn, and its title" });
  await expectKept(chatId, "a turn");
  await say(ada, chatId, "A note");
  await expectKept(chatId, "a note");
  await ada.post(`/messages/${turn.body.ai_response.id}/regenerate`, {});
  await expectKept(chatId, "another answer");
  await ada.patch(`/messages/${userMessage}`, { content: "Hello there?" });
  await expectKept(chatId, "an edit");
  await ada.post(`/chats/${chatId}/name`, {});
  await expectKept(chatId, "a name");
  for (const method of ["put", "patch"] as const) {
    const renamed = await ada[method](`/chats/${chatId}`, { title: `By ${method}` });
    expect(renamed.body.updated_at).toBe(AHEAD);
  }
});

it("nor at the end of an answer that began before", async () => {
  const turn = await runningTurn(ada);
  await getAhead(turn.chatId);
  await turn.finish();
  await turn.rest();
  await expectKept(turn.chatId, "the end");
});

it("nor through feedback on an answer", async () => {
  const { body } = await ada.post("/chat", { content: "Hello?" });
  const path = `/messages/${body.ai_response.id}/feedback`;
  await ada.put(path, { rating: "up" });
  await query("UPDATE message_feedback SET updated_at = $2 WHERE message_id = $1", [
    body.ai_response.id,
    AHEAD,
  ]);
  expect((await ada.put(path, { rating: "down" })).body.updated_at).toBe(AHEAD);
});

it("No statement sets an activity time without comparing it to the stored one", async () => {
  const root = join(import.meta.dirname, "..", "..", "..", "src", "features");
  for (const feature of ["chats", "messages", "turns"]) {
    const files = await readdir(join(root, feature), { recursive: true });
    for (const file of files.filter((name) => name.endsWith(".ts"))) {
      const text = await readFile(join(root, feature, file), "utf8");
      for (const [, value] of text.matchAll(/\bupdated_at\s*=\s*([^\s]+)/g)) {
        expect(value, file).toMatch(/^(\$\{latestSql\(|CASE$)/);
      }
    }
  }
});
