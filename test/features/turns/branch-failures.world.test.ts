import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { askedChat, edit, ended, pathOf, regenerate } from "../../support/branches.ts";
import { ownedMessages } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let watchful: FastWorker;
beforeAll(async () => {
  watchful = await startFastWorker({ TURN_LIMITS: JSON.stringify({ watchdog_ms: 500 }) });
  ada = await signUp();
});
afterAll(() => watchful.close());

const rowsOf = (chatId: string) => query("SELECT id FROM messages WHERE chat_id = $1", [chatId]);

describe("when Postgres fails", () => {
  it("a beginning that was committed, and whose response was lost, is repeated and begins nothing more", async () => {
    for (const headers of [{}, withKey(newKey())]) {
      const { chatId, userMessage, answer } = await askedChat(ada);
      // Finding the chat does not use its id: the first call with it is the beginning.
      await injectFault({ contains: chatId, times: 1, kind: "cut_after_commit" });
      const again = await regenerate(ada, answer.id, {}, headers);
      expect(again.body.ai_response).toMatchObject({ status: "complete", sibling_count: 2 });
      await injectFault({ contains: chatId, times: 1, kind: "cut_after_commit" });
      const edited = await edit(ada, userMessage.id, { content: "Otherwise?" }, headers);
      expect(edited.body.user_message.sibling_count).toBe(2);
      expect(await rowsOf(chatId)).toHaveLength(5);
      expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(5);
    }
  });

  it("an end that was committed, and whose response was lost, is billed once", async () => {
    const { chatId, marker, answer } = await askedChat(ada);
    const content = `End ${crypto.randomUUID()}`;
    await script({ tokens: [content] }, marker);
    await injectFault({ contains: content, times: 1, kind: "cut_after_commit" });
    const { body } = await regenerate(ada, answer.id);
    expect(body.ai_response).toMatchObject({ content, status: "complete" });
    const usage = "SELECT service_type FROM ai_usage WHERE message_id = $1";
    expect(await query(usage, [body.ai_response.id])).toEqual([{ service_type: "answer" }]);
    expect((await ada.get(`/chats/${chatId}`)).body.messages.at(-1)).toEqual(body.ai_response);
  });

  it("before the chat is found, nothing begins", async () => {
    const { chatId, marker, answer } = await askedChat(ada);
    const restore = await injectFault({ contains: answer.id, times: 100, kind: "refuse" });
    expectProblem(await regenerate(ada, answer.id), 503, "database_unavailable");
    await restore();
    expect(await rowsOf(chatId)).toHaveLength(2);
    expect(await requestsContaining(marker)).toHaveLength(1);
  });

  it("so that it is unknown whether the turn began, it is ended by the alarm", async () => {
    const { chatId, answer } = await askedChat(ada);
    const restore = await injectFault({ contains: chatId, times: 100, kind: "cut_after_commit" });
    const refused = await fetch(`${watchful.url}/messages/${answer.id}/regenerate`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.accessToken}` },
    });
    expect(refused.status).toBe(503);
    await restore();
    const lost = await ended(ada, chatId);
    expect(lost).toMatchObject({ status: "interrupted", sibling_ids: [answer.id, lost.id] });
    const { body } = await regenerate(ada, lost.id);
    expect(body.ai_response.sibling_ids).toEqual([answer.id, lost.id, body.ai_response.id]);
  });
});

describe("conditions are checked again as the turn begins", () => {
  it("so that a chat deleted in between is not found", async () => {
    for (const act of [regenerateIt, editIt]) {
      const asked = await askedChat(ada);
      const { chatId } = asked;
      const before = (await callsContaining(chatId)).length;
      await injectFault({ contains: chatId, times: 1, kind: "delay", delayMs: 500 });
      const acting = act(asked);
      await until(async () => (await callsContaining(chatId)).length > before);
      await ada.delete(`/chats/${chatId}`);
      expectProblem(await acting, 404, "not_found");
      expect(await ownedMessages(chatId)).toEqual([]);
    }
  });

  it("so that a turn that began in between goes first", async () => {
    for (const act of [regenerateIt, editIt]) {
      const asked = await askedChat(ada);
      const id = crypto.randomUUID();
      await query(
        `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
         VALUES ($1, $2, $3, 'bot', '', 'streaming', now())`,
        [id, asked.chatId, asked.userMessage.id],
      );
      const refused = await act(asked);
      expectProblem(refused, 409, "turn_in_progress");
      expect(refused.body.message_id).toBe(id);
      expect(await pathOf(ada, asked.chatId)).toEqual([asked.userMessage.id, asked.answer.id]);
    }
  });
});

type Found = Awaited<ReturnType<typeof askedChat>>;

const regenerateIt = ({ answer }: Found) => regenerate(ada, answer.id);
const editIt = ({ userMessage }: Found) => edit(ada, userMessage.id, { content: "Otherwise?" });
