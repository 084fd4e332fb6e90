/** A turn that is refused after its provider was called: the refusal is as ever, and the call is cancelled and paid. */
import { beforeEach, describe, expect, it } from "vitest";
import { setBudget } from "../../support/budgets.ts";
import { runningTurn } from "../../support/chats.ts";
import { at, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import {
  askEarly,
  closedConnection,
  type EarlyTurn,
  errorsOfLedger,
  hang,
  ledgerOf,
  sendTo,
  warmChat,
} from "../../support/warm-rooms.ts";

let ada: SignedIn;
let chatId: string;
beforeEach(async () => {
  ada = await signUp();
  chatId = await warmChat(ada);
});

/** The turn before, and the estimate of a cancelled call: nothing more, also in the sums. */
async function expectOneEstimate({ marker, response }: EarlyTurn): Promise<void> {
  await response;
  await closedConnection(marker);
  const [, cancelled, ...others] = await ledgerOf(ada, 2);
  expect(others).toEqual([]);
  expect(cancelled).toMatchObject({ message_id: null, estimated: "t", completion_tokens: "0" });
  expect(Number(cancelled?.prompt_tokens)).toBeGreaterThan(0);
  expect(await errorsOfLedger(ada)).toEqual([]);
  expect(await answersContaining(marker)).toHaveLength(1);
}

/** A repeated request, which the room now refuses without a call, gets the same response. */
async function expectAsInAColdRoom({ marker, response }: EarlyTurn): Promise<void> {
  const [early, cold] = [await response, await sendTo(ada, chatId, { content: marker })];
  const withoutIds = ({
    body: { request_id: _id, instance: _at, retry_after: _s, ...rest },
  }: typeof cold) => rest;
  expect([early.status, withoutIds(early)]).toEqual([cold.status, withoutIds(cold)]);
  expect(early.headers.has("retry-after")).toBe(cold.headers.has("retry-after"));
  expect(await answersContaining(marker)).toHaveLength(1);
}

describe("a turn whose provider was called before the commit is refused", () => {
  it("where the budget is used up", async () => {
    await setBudget(ada, "day", { tokens: 1 });
    const turn = await askEarly(ada, chatId);
    expect((await turn.response).body.code).toBe("budget_exhausted");
    await expectOneEstimate(turn);
    await expectAsInAColdRoom(turn);
  });

  it("where the chat is deleted from another device meanwhile", async () => {
    const turn = await askEarly(ada, chatId);
    expect((await ada.delete(`/chats/${chatId}`)).status).toBe(200);
    expect((await turn.response).status).toBe(404);
    await expectOneEstimate(turn);
    await expectAsInAColdRoom(turn);
  });

  it("where the chat was deleted, and the room not notified", async () => {
    await query(
      "UPDATE chats SET user_id = NULL, deleted_at = now(), current_message_id = NULL WHERE id = $1",
      [chatId],
    );
    const turn = await askEarly(ada, chatId);
    expect((await turn.response).status).toBe(404);
    await expectOneEstimate(turn);
    await expectAsInAColdRoom(turn);
  });

  it("where another room of the chat is answering, as after a deploy", async () => {
    const running = await runningTurn(at(platformUrl, ada), chatId);
    const turn = await askEarly(ada, chatId);
    const { status, body } = await turn.response;
    expect([status, body.message_id]).toEqual([409, running.answerId]);
    await closedConnection(turn.marker);
    await expectAsInAColdRoom(turn);
    await running.finish();
    await running.rest();
    const rows = await ledgerOf(ada, 3);
    expect(rows.filter(({ message_id: id }) => id === null)).toHaveLength(1);
    expect(rows).toHaveLength(3);
  });

  it("in favour of the turn of its key, which another room has answered", async () => {
    const key = withKey(newKey());
    const marker = await script({ kind: "answer", tokens: ["Once."] });
    const first = await sendTo(at(platformUrl, ada), chatId, { content: marker }, key);
    await hang(chatId);
    const again = await sendTo(ada, chatId, { content: marker }, key);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body.ai_response.id).toBe(first.body.ai_response.id);
    const rows = await ledgerOf(ada, 3);
    expect(rows.map(({ message_id: id }) => id === null)).toEqual([false, false, true]);
    expect(await errorsOfLedger(ada)).toEqual([]);
  });
});

describe("a warm room", () => {
  it("makes no call for another user, and stays warm for its owner", async () => {
    const eve = await signUp();
    const marker = await script({ kind: "answer", tokens: ["Never."] });
    expect((await sendTo(eve, chatId, { content: marker })).status).toBe(404);
    expect(await answersContaining(marker)).toEqual([]);
    const turn = await askEarly(ada, chatId);
    await release(turn.marker);
    expect((await turn.response).status).toBe(200);
  });

  it("makes its calls once each for two sends at once, of which one is answered", async () => {
    const marker = await script({ kind: "answer", tokens: ["One."], holdAfter: 0 });
    await hang(chatId, { times: 2 });
    const sent = [1, 2].map(() => sendTo(ada, chatId, { content: marker }));
    // The other one is held by its provider.
    expect((await Promise.race(sent)).status).toBe(409);
    await release(marker);
    const statuses = (await Promise.all(sent)).map(({ status }) => status);
    expect(new Set(statuses)).toEqual(new Set([200, 409]));
    const calls = await answersContaining(marker);
    expect(await ledgerOf(ada, 1 + calls.length)).toHaveLength(1 + calls.length);
    expect(await errorsOfLedger(ada)).toEqual([]);
  });

  it("goes on with its call where the response of the commit is lost", async () => {
    const marker = await script({ kind: "answer", tokens: ["Kept."] });
    await hang(chatId, { kind: "cut_after_commit" });
    const { body } = await sendTo(ada, chatId, { content: marker });
    expect(body.ai_response).toMatchObject({ content: "Kept.", status: "complete" });
    expect(await answersContaining(marker)).toHaveLength(1);
    expect(await ledgerOf(ada, 2)).toHaveLength(2);
    expect(await errorsOfLedger(ada)).toEqual([]);
  });
});
