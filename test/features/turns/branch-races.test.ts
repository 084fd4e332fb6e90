import { beforeAll, describe, expect, it } from "vitest";
import { askedChat, edit, pathOf, regenerate } from "../../support/branches.ts";
import { ownedMessages } from "../../support/chats.ts";
import { type ApiResponse, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { atOnce, isReplayed, newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { releaseAfterRefusals } from "../../support/races.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** A chat with an answered message; every generation after it waits for the test. */
async function heldBelow(of: SignedIn) {
  const asked = await askedChat(of);
  await script({ tokens: ["Again."], holdAfter: 0 }, asked.marker);
  return asked;
}

/** The one that began; all others were told which answer is running. */
function winnerOf(responses: ApiResponse[]): ApiResponse {
  const [winner, ...more] = responses.filter(({ status }) => status === 200);
  expect(more).toEqual([]);
  for (const response of responses.filter((other) => other !== winner)) {
    expectProblem(response, 409, "turn_in_progress");
    expect(response.body.message_id).toBe(winner?.body.ai_response.id);
  }
  if (!winner) throw new Error("nothing began");
  return winner;
}

/** The result of a race: the number of messages and of attempts, and the path. */
async function traceOf(chatId: string) {
  const { body } = await ada.get(`/chats/${chatId}`);
  const rows = await query("SELECT id FROM messages WHERE chat_id = $1", [chatId]);
  // Without what a send has spent that called the provider, and lost.
  const spent = "SELECT id FROM ai_usage WHERE chat_id = $1 AND message_id IS NOT NULL";
  const usage = await query(spent, [chatId]);
  expect(body.message_count).toBe(rows.length);
  return { messages: rows.length, usage: usage.length, current: body.current_message_id };
}

describe("at once", () => {
  it("twenty regenerations of an answer make one", async () => {
    const { chatId, marker, userMessage, answer } = await heldBelow(ada);
    const requests = Array.from({ length: 20 }, () => regenerate(ada, answer.id));
    const { body } = winnerOf(await releaseAfterRefusals(requests, 19, marker));
    const { id } = body.ai_response;
    expect(await traceOf(chatId)).toEqual({ messages: 3, usage: 2, current: id });
    expect(await pathOf(ada, chatId)).toEqual([userMessage.id, id]);
    const cost = await query("SELECT service_type FROM ai_usage WHERE message_id = $1", [id]);
    expect(cost).toEqual([{ service_type: "answer" }]);
  });

  it("twenty edits of a message make one", async () => {
    const { chatId, marker, userMessage } = await heldBelow(ada);
    const requests = Array.from({ length: 20 }, (_, index) =>
      edit(ada, userMessage.id, { content: `${marker} ${index}` }),
    );
    const { body } = winnerOf(await releaseAfterRefusals(requests, 19, marker));
    expect(body.user_message.content).toMatch(/ \d+$/);
    expect(body.user_message.sibling_ids).toEqual([userMessage.id, body.user_message.id]);
    const current = body.ai_response.id;
    expect(await traceOf(chatId)).toEqual({ messages: 4, usage: 2, current });
  });

  it("a regeneration, an edit and a send in one chat make one turn, whichever it is", async () => {
    for (let round = 0; round < 6; round++) {
      const { chatId, marker, userMessage, answer } = await heldBelow(ada);
      const content = `Next ${marker}`;
      const acts = [
        () => regenerate(ada, answer.id),
        () => edit(ada, userMessage.id, { content }),
        () => ada.post(`/chats/${chatId}/messages`, { content }),
      ];
      // Another one is first in every round.
      const requests = Array.from({ length: 12 }, (_, index) =>
        acts[(index + round) % 3]?.(),
      ).filter((sent) => sent !== undefined);
      const { body } = winnerOf(await releaseAfterRefusals(requests, 11, marker));
      const { user_message: asked, ai_response: given } = body;
      const messages = asked.id === userMessage.id ? 3 : 4;
      expect(await traceOf(chatId)).toEqual({ messages, usage: 2, current: given.id });
      const isNext = asked.parent_id === answer.id;
      const before = isNext ? [userMessage.id, answer.id] : [];
      expect(await pathOf(ada, chatId)).toEqual([...before, asked.id, given.id]);
    }
  });

  it("a regeneration and the deletion of its chat leave no orphan", async () => {
    const { chatId, marker, answer } = await heldBelow(ada);
    const running = regenerate(ada, answer.id);
    await until(async () => (await requestsContaining(marker)).length === 2);
    await ada.delete(`/chats/${chatId}`);
    await release(marker);
    expectProblem(await running, 404, "not_found");
    expect(await ownedMessages(chatId)).toEqual([]);
    for (let round = 0; round < 5; round++) {
      const other = await askedChat(ada);
      const [given] = await Promise.all([
        regenerate(ada, other.answer.id),
        ada.delete(`/chats/${other.chatId}`),
      ]);
      expect([200, 404]).toContain(given.status);
      expect(await ownedMessages(other.chatId)).toEqual([]);
    }
  });
});

describe("under one key", () => {
  it("twenty regenerations are one answer, returned twenty times", async () => {
    const { chatId, marker, answer } = await heldBelow(ada);
    const key = newKey();
    const sends = atOnce(20, () => regenerate(ada, answer.id, {}, withKey(key)));
    await until(async () => (await requestsContaining(marker)).length === 2);
    await release(marker);
    const responses = await sends;
    for (const { status, body } of responses) {
      expect([status, body]).toEqual([200, responses[0]?.body]);
    }
    expect(responses.filter((given) => !isReplayed(given))).toHaveLength(1);
    const current = responses[0]?.body.ai_response.id;
    expect(await traceOf(chatId)).toEqual({ messages: 3, usage: 2, current });
  });

  it("twenty edits are one branch, returned twenty times", async () => {
    const { chatId, marker, userMessage } = await heldBelow(ada);
    const key = newKey();
    const content = `Otherwise ${marker}`;
    const sends = atOnce(20, () => edit(ada, userMessage.id, { content }, withKey(key)));
    await until(async () => (await requestsContaining(content)).length === 1);
    await release(marker);
    const responses = await sends;
    for (const { status, body } of responses) {
      expect([status, body]).toEqual([200, responses[0]?.body]);
    }
    const current = responses[0]?.body.ai_response.id;
    expect(await traceOf(chatId)).toEqual({ messages: 4, usage: 2, current });
  });
});
