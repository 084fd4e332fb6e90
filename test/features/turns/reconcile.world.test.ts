import { afterAll, beforeAll, describe, expect, inject, it } from "vitest";
import { firstIdAt } from "../../../src/lib/ids.ts";
import { newChat, say } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { type Minute, minuteOf } from "../../support/cron.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const WATCHDOG_MS = 300;

let ada: SignedIn;
let worker: RunningWorker;
let minute: Minute;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ watchdog_ms: WATCHDOG_MS });
  [ada, worker] = await Promise.all([signUp(), startWorker({ TURN_LIMITS })]);
  minute = minuteOf(worker);
});
afterAll(() => worker.close());

function ask(chatId: string, content: string): Promise<Response> {
  return fetch(`${worker.url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

const emptyChat = () => newChat(ada, { auto_title: false });

/** A chat with a running answer that no room knows, as if the room's storage was lost. */
async function forgottenAnswer(): Promise<{ chatId: string; answerId: string }> {
  const chatId = await emptyChat();
  const userMessageId = await say(ada, chatId, "A question of some forty characters' length.");
  const answerId = crypto.randomUUID();
  await query(
    `INSERT INTO messages (id, chat_id, parent_id, type, content, status, created_at)
     VALUES ($1, $2, $3, 'bot', '', 'streaming', now() - interval '5 minutes')`,
    [answerId, chatId, userMessageId],
  );
  await query(
    `UPDATE chats SET current_message_id = $2, message_count = message_count + 1 WHERE id = $1`,
    [chatId, answerId],
  );
  return { chatId, answerId };
}

const grownOld = (chatId: string) =>
  query("UPDATE messages SET created_at = now() - interval '5 minutes' WHERE chat_id = $1", [
    chatId,
  ]);

async function lastOf(chatId: string) {
  return (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
}

function usageOf(chatId: string) {
  const columns = "service_type, attempt, estimated, prompt_tokens, completion_tokens";
  return query(`SELECT ${columns} FROM ai_usage WHERE chat_id = $1`, [chatId]);
}

describe("a running answer that no room knows", () => {
  it("is interrupted, its cost estimated, and its chat continues", async () => {
    const { chatId, answerId } = await forgottenAnswer();
    const refused = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" });
    expectProblem(refused, 409, "turn_in_progress");
    const line = await minute();
    const answer = await lastOf(chatId);
    expect(answer).toMatchObject({ id: answerId, status: "interrupted", content: "" });
    expect(answer.metadata).toMatchObject({ model: "gpt-4o-mini", usage: { estimated: true } });
    const [row, ...others] = await usageOf(chatId);
    expect(others).toEqual([]);
    expect(row).toMatchObject({ service_type: "answer", estimated: "t", completion_tokens: "0" });
    expect(Number(row?.prompt_tokens)).toBeGreaterThanOrEqual(11);
    expect(line).toMatchObject({ event: "minute", turns_interrupted: expect.any(Number) });
    expect(textOf(await allEvents(await ask(chatId, "And now?")))).not.toBe("");
  });

  it("is ended once and billed once, though twenty cron runs find it at once", async () => {
    const { chatId } = await forgottenAnswer();
    const version = async () =>
      Number((await query("SELECT version FROM chats WHERE id = $1", [chatId]))[0]?.version);
    const before = await version();
    await Promise.all(Array.from({ length: 20 }, minute));
    expect((await lastOf(chatId)).status).toBe("interrupted");
    expect(await usageOf(chatId)).toHaveLength(1);
    expect(await version()).toBe(before + 1);
  });

  it("is left for the next minute when it cannot be ended, and blocks no other", async () => {
    const [one, other] = [await forgottenAnswer(), await forgottenAnswer()];
    const fault = { contains: one.chatId, times: 100, kind: "status" as const, status: 500 };
    const restore = await injectFault(fault);
    const line = await minute();
    await restore();
    expect((await lastOf(one.chatId)).status).toBe("streaming");
    expect((await lastOf(other.chatId)).status).toBe("interrupted");
    expect(line.turns_failed).toBeGreaterThanOrEqual(1);
    await minute();
    expect((await lastOf(one.chatId)).status).toBe("interrupted");
    expect(await usageOf(one.chatId)).toHaveLength(1);
  });

  it("is found however many older ones there are", { timeout: 120_000 }, async () => {
    const marker = crypto.randomUUID();
    // Of chats without a user message before the answer, so that hundreds are made at once.
    await query(
      `WITH made AS (
         INSERT INTO chats (id, user_id, title, created_at, updated_at)
         SELECT gen_random_uuid(), $1, $2, now(), now() FROM generate_series(1, 205) RETURNING id
       )
       INSERT INTO messages (id, chat_id, type, content, status, created_at)
       SELECT gen_random_uuid(), id, 'bot', '', 'streaming', now() - interval '6 minutes' FROM made`,
      [ada.user.id, marker],
    );
    const { chatId } = await forgottenAnswer();
    await minute();
    expect((await lastOf(chatId)).status).toBe("interrupted");
    const left = await query(
      `SELECT 1 FROM messages JOIN chats ON chats.id = chat_id
       WHERE title = $1 AND status = 'streaming'`,
      [marker],
    );
    expect(left).toEqual([]);
  });

  it("is left alone while it is young: its room ends it better", async () => {
    const { chatId } = await forgottenAnswer();
    await query("UPDATE messages SET created_at = now() WHERE chat_id = $1", [chatId]);
    await minute();
    expect((await lastOf(chatId)).status).toBe("streaming");
    await grownOld(chatId);
    await minute();
    expect((await lastOf(chatId)).status).toBe("interrupted");
  });

  it("waits while Postgres cannot be reached, and nothing throws meanwhile", async () => {
    const { chatId } = await forgottenAnswer();
    const contains = "|| m.id::text)";
    const restore = await injectFault({ contains, times: 100, kind: "refuse" });
    const line = await minute();
    await restore();
    expect(line).toMatchObject({ event: "minute", turns_error: "unreachable" });
    expect((await lastOf(chatId)).status).toBe("streaming");
    await minute();
    expect((await lastOf(chatId)).status).toBe("interrupted");
  });
});

describe("a running answer that its room knows", () => {
  it("is left alone as long as it is running, however long that takes", async () => {
    const chatId = await emptyChat();
    const marker = await script({ tokens: ["Slow ", "and steady."], holdAfter: 1 });
    const events = readEvents(await ask(chatId, marker));
    await events.next();
    await grownOld(chatId);
    const line = await minute();
    expect(line.turns_running).toBeGreaterThanOrEqual(1);
    expect((await lastOf(chatId)).status).toBe("streaming");
    await release(marker);
    const rest: StreamEvent[] = [];
    for await (const event of events) rest.push(event);
    expect(textOf(rest)).toBe("Slow and steady.");
    await minute();
    expect(await lastOf(chatId)).toMatchObject({ status: "complete", content: "Slow and steady." });
    expect(await usageOf(chatId)).toMatchObject([{ attempt: "1", estimated: "f" }]);
  });

  it("is ended without a cost when it was committed after the room had given up on it", async () => {
    const chatId = await emptyChat();
    await injectFault({ contains: chatId, times: 2, kind: "status", status: 500 });
    expect((await ask(chatId, "Hello?")).status).toBe(503);
    const callsWith = async (words: string) =>
      (await callsContaining(chatId)).filter(({ body }) => body.includes(words));
    // The room's alarm has tried to end it: nothing was there.
    await until(async () => (await callsWith("UPDATE messages")).length > 0);
    expect(await lastOf(chatId)).toBeUndefined();
    await replay((await callsWith("INSERT INTO messages"))[0]?.body ?? "");
    expect((await lastOf(chatId)).status).toBe("streaming");
    await grownOld(chatId);
    await minute();
    expect((await lastOf(chatId)).status).toBe("interrupted");
    expect(await usageOf(chatId)).toEqual([]);
    expect(textOf(await allEvents(await ask(chatId, "Again?")))).not.toBe("");
  });
});

describe("the cron", () => {
  it("checks the alarms of the rooms whose turns ended a minute or two ago", async () => {
    // The longest turn, and as long as its log is kept.
    const overAt = Date.now() - 25 * 60_000;
    for (const startedAt of [overAt + 60_000, overAt - 60_000, overAt - 600_000]) {
      await query(
        `INSERT INTO messages (id, chat_id, type, content, status, created_at)
         VALUES ($1, $2, 'bot', 'Done.', 'complete', now())`,
        [firstIdAt(startedAt), await emptyChat()],
      );
    }
    const line = await minute();
    expect(line).toMatchObject({ rooms_checked: 1, rooms_set: 0, rooms_failed: 0 });
  });

  it("runs each of its jobs, also when another of them fails", async () => {
    const { chatId } = await forgottenAnswer();
    const contains = "DELETE FROM idempotency_keys";
    const restore = await injectFault({ contains, times: 100, kind: "refuse" });
    const line = await minute();
    await restore();
    expect(line.keys_error).toBe("unreachable");
    expect((await lastOf(chatId)).status).toBe("interrupted");
    expect(await minute()).toMatchObject({ keys_expired: expect.any(Number) });
  });

  it("deletes expired keys, and no others", async () => {
    const chatId = await emptyChat();
    const keys = [crypto.randomUUID(), crypto.randomUUID()];
    for (const key of keys) {
      const message = { chat_id: chatId, type: "user", content: "Hello" };
      await ada.post("/messages", message, { "idempotency-key": key });
    }
    const old =
      "UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE key = $1";
    await query(old, [keys[0]]);
    await minute();
    const kept = "SELECT key FROM idempotency_keys WHERE key = ANY ($1::text[])";
    expect(await query(kept, [`{${keys.join(",")}}`])).toEqual([{ key: keys[1] }]);
  });
});

/** A slow network: a call is executed long after the caller has gone. */
async function replay(body: string): Promise<void> {
  const headers = { "neon-connection-string": inject("vars").DATABASE_URL ?? "" };
  const response = await fetch(inject("neonUrl"), { method: "POST", headers, body });
  expect(response.status).toBe(200);
}
