import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../support/chats.ts";
import { at, type SignedIn, signUp } from "../support/client.ts";
import { fireCron } from "../support/cron.ts";
import { injectFault, query } from "../support/postgres.ts";
import { openTab } from "../support/socket.ts";
import { until } from "../support/until.ts";
import { type RunningWorker, startWorker } from "../support/worker.ts";

let worker: RunningWorker;
let ada: SignedIn;
beforeAll(async () => {
  worker = await startWorker({});
  ada = at(worker.url, await signUp());
});
afterAll(() => worker.close());

const minute = () => fireCron(worker.url);

/** What is still to be done of a deletion. */
const leftOf = (target: string) =>
  query(
    `SELECT kind, tries, due_at < now() AS due, due_at = last_at AS last, last_at - created_at AS wait
     FROM deletions WHERE target = $1`,
    [target],
  );

/** The last writer that may have been at work is done. */
const passQuarterHour = (target: string) =>
  query(
    `UPDATE deletions SET due_at = due_at - interval '1 hour', last_at = last_at - interval '1 hour'
     WHERE target = $1`,
    [target],
  );

const isEmpty = async (chatId: string) => Object.keys(await worker.storageOf(chatId)).length === 0;

describe("what a deleted chat leaves in its room", () => {
  it("goes with the request, and once more when nothing can write there any more", async () => {
    const turn = await runningTurn(ada);
    expect((await ada.delete(`/chats/${turn.chatId}`)).status).toBe(200);
    expect(await isEmpty(turn.chatId)).toBe(true);
    await turn.finish();
    expect(await turn.rest()).not.toContain("stream_complete");
    const [left] = await until(async () => {
      const rows = await leftOf(turn.chatId);
      return rows[0]?.last === "t" && rows;
    });
    expect(left).toMatchObject({ kind: "room", tries: "0", due: "f", wait: "00:15:00" });
    await passQuarterHour(turn.chatId);
    await minute();
    expect(await leftOf(turn.chatId)).toEqual([]);
    expect(await isEmpty(turn.chatId)).toBe(true);
  });

  it("goes by itself where the request died right after the deletion was committed", async () => {
    const turn = await runningTurn(ada);
    const tab = await openTab(ada, turn.chatId, worker.url);
    await tab.ping();
    await query("DELETE FROM chats WHERE id = $1", [turn.chatId]);
    expect(await isEmpty(turn.chatId)).toBe(false);
    await minute();
    expect(await isEmpty(turn.chatId)).toBe(true);
    expect(await tab.closed).toEqual({ code: 1001, reason: "chat deleted" });
    expect(await turn.rest()).not.toContain("stream_complete");
    await turn.finish();
    expect(await leftOf(turn.chatId)).toMatchObject([{ due: "f", last: "t" }]);
  });

  it("does not come back by an answer that ends later", async () => {
    const turn = await runningTurn(ada);
    await query("DELETE FROM chats WHERE id = $1", [turn.chatId]);
    await turn.finish();
    await turn.rest();
    expect(await query("SELECT 1 FROM messages WHERE id = $1", [turn.answerId])).toEqual([]);
    expect(await query("SELECT 1 FROM chats WHERE id = $1", [turn.chatId])).toEqual([]);
    await minute();
    expect(await isEmpty(turn.chatId)).toBe(true);
  });

  it("is erased again where it is not known that it was", async () => {
    const chatId = await newChat(ada);
    await query("DELETE FROM chats WHERE id = $1", [chatId]);
    const restore = await injectFault({
      contains: "d.last_at <= ",
      times: 2,
      kind: "cut_after_commit",
    });
    await minute();
    await restore();
    await minute();
    expect(await leftOf(chatId)).toMatchObject([{ due: "f", last: "t", tries: "0" }]);
  });

  it("is left alone where the chat is there again: the lost answer of its making was repeated", async () => {
    const turn = await runningTurn(ada);
    await query(
      `INSERT INTO deletions (kind, target, due_at, last_at, created_at)
       VALUES ('room', $1, now(), now(), now())`,
      [turn.chatId],
    );
    await minute();
    expect(await leftOf(turn.chatId)).toEqual([]);
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
  });

  it("goes once, though twenty look for it at once", async () => {
    const chats = await Promise.all(Array.from({ length: 5 }, () => newChat(ada)));
    for (const id of chats) await ada.post(`/chats/${id}/messages`, { content: "Hello?" });
    await query("DELETE FROM chats WHERE id = ANY (string_to_array($1, ',')::uuid[])", [
      chats.join(","),
    ]);
    await Promise.all(Array.from({ length: 20 }, minute));
    for (const id of chats) {
      expect(await isEmpty(id)).toBe(true);
      expect(await leftOf(id)).toMatchObject([{ due: "f", last: "t", tries: "0" }]);
    }
  });
});
