import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import type { SignedIn } from "../../support/client.ts";
import { fireCron } from "../../support/cron.ts";
import { loggedLine } from "../../support/logs/logged-line.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { release, script } from "../../support/provider.ts";
import { allEvents, readEvents, type StreamEvent, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

/** A cron of another Worker would find no room of these turns, and end them as interrupted. */
let world: OwnWorld;
let ada: SignedIn;
beforeAll(async () => {
  world = await startOwnWorld({ TURN_LIMITS: JSON.stringify({ watchdog_ms: 300 }) });
  ada = await world.signUp();
}, WORLD_START_MS);
afterAll(() => world.close());

function ask(chatId: string, content: string): Promise<Response> {
  return fetch(`${world.worker.url}/chats/${chatId}/messages/stream`, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

/** A turn whose answer waits before its end. */
async function heldTurn() {
  const chatId = await newChat(ada, { auto_title: false });
  const marker = await script({ tokens: ["All ", "of it."], holdAfter: 2 });
  const events = readEvents(await ask(chatId, marker));
  await events.next();
  const answerId: string = (await events.next()).value?.data.message_id;
  const finish = async () => {
    await release(marker);
    const rest: StreamEvent[] = [];
    for await (const event of events) rest.push(event);
    return rest;
  };
  return { chatId, answerId, finish };
}

/** Makes it as old as a turn that the cron looks after. */
const age = (answerId: string) =>
  world.query("UPDATE messages SET created_at = now() - interval '5 minutes' WHERE id = $1", [
    answerId,
  ]);

const refuseWith = (code: string, contains: string, times: number) =>
  world.injectFault({ contains, times, kind: "sql_error", code });

async function lastOf(chatId: string) {
  return (await ada.get(`/chats/${chatId}/messages`)).body.at(-1);
}

const usageOf = (chatId: string) =>
  world.query("SELECT service_type, estimated FROM ai_usage WHERE chat_id = $1", [chatId]);

async function expectUsable(chatId: string): Promise<void> {
  const events = await allEvents(await ask(chatId, "And now?"));
  const complete = events.find(({ name }) => name === "ai_message_complete");
  expect(complete?.data.message.status).toBe("complete");
}

const logged = (event: string, id: string) => loggedLine(world.worker, `"event":"${event}"`, id);

/** Data, a constraint, a limit, and a trigger's own: errors that no retry cures. */
const CODES = ["22P05", "22003", "22021", "23514", "54000", "P0001"];

describe("an end that Postgres refuses because of its content", () => {
  it.each(CODES)("(%s) is saved without the suspect parts, as failed", async (code) => {
    const { chatId, answerId, finish } = await heldTurn();
    await refuseWith(code, answerId, 1);
    const events = await finish();
    expect(events.slice(-3).map(({ name }) => name)).toEqual([
      "turn_error",
      "ai_message_complete",
      "stream_complete",
    ]);
    expect(events.at(-3)?.data.code).toBe("save_refused");
    const saved = await lastOf(chatId);
    expect(saved).toMatchObject({ id: answerId, status: "failed", content: "All of it." });
    expect(saved.metadata).toMatchObject({ finish_reason: "save_refused", model: "gpt-4o-mini" });
    expect(events.at(-2)?.data.message).toEqual(saved);
    expect(await usageOf(chatId)).toEqual([{ service_type: "answer", estimated: "f" }]);
    await logged("save_refused", answerId);
    await expectUsable(chatId);
  });

  it("twice is saved as its text alone", async () => {
    const { chatId, answerId, finish } = await heldTurn();
    await refuseWith("22003", answerId, 2);
    await finish();
    const { status, content, metadata } = await lastOf(chatId);
    expect({ status, content, metadata }).toEqual({
      status: "failed",
      content: "All of it.",
      metadata: { finish_reason: "save_refused" },
    });
    await expectUsable(chatId);
  });

  it("in every form is given up on, and the cron ends the answer", async () => {
    const { chatId, answerId, finish } = await heldTurn();
    await age(answerId);
    const restore = await refuseWith("23514", answerId, 1_000);
    const events = await finish();
    expect(events.at(-3)?.data.code).toBe("save_refused");
    expect(events.at(-2)?.data.message.status).toBe("failed");
    await logged("save_abandoned", answerId);
    expect((await lastOf(chatId)).status).toBe("streaming");
    await fireCron(world.worker.url);
    expect((await lastOf(chatId)).status).toBe("streaming");
    await restore();
    await fireCron(world.worker.url);
    expect(await lastOf(chatId)).toMatchObject({
      status: "failed",
      metadata: { finish_reason: "save_refused", usage: { estimated: true } },
    });
    expect(await usageOf(chatId)).toHaveLength(1);
    await expectUsable(chatId);
  });

  it("is ended by the cron also when its cost is what is refused", async () => {
    const { chatId, answerId, finish } = await heldTurn();
    await age(answerId);
    const restore = await refuseWith("23514", answerId, 1_000);
    await finish();
    await restore();
    // Its cost comes first.
    await refuseWith("22003", answerId, 1);
    await fireCron(world.worker.url);
    expect(await lastOf(chatId)).toMatchObject({
      status: "failed",
      metadata: { finish_reason: "save_refused" },
    });
    await expectUsable(chatId);
  });

  it("only when the alarm retries is saved in reduced form by the alarm", async () => {
    const { chatId, answerId, finish } = await heldTurn();
    const recover = await world.injectFault({ contains: answerId, times: 1_000, kind: "refuse" });
    const events = await finish();
    expect(events.at(-3)?.data.code).toBe("save_delayed");
    await refuseWith("54000", answerId, 1);
    await recover();
    await until(async () => (await lastOf(chatId)).status !== "streaming");
    expect(await lastOf(chatId)).toMatchObject({ status: "failed", content: "All of it." });
    await expectUsable(chatId);
  });
});

it("An end that Postgres refuses for a transient reason is saved whole later", async () => {
  for (const code of ["28P01", "42P01", "58030", "XX000"]) {
    const { chatId, answerId, finish } = await heldTurn();
    const restore = await refuseWith(code, answerId, 1_000);
    const events = await finish();
    expect(events.at(-3)?.data.code).toBe("save_delayed");
    await restore();
    await until(async () => (await lastOf(chatId)).status !== "streaming");
    expect(await lastOf(chatId)).toMatchObject({ status: "complete", content: "All of it." });
  }
});

it("A stored end of several megabytes is saved by alarm, unchanged", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  // Six bytes of JSON each: more than a row of the room can have.
  const tokens = Array.from({ length: 5 }, () => "\u0001".repeat(100_000));
  const marker = await script({ tokens, holdAfter: 5 });
  const events = readEvents(await ask(chatId, marker));
  await events.next();
  const answerId: string = (await events.next()).value?.data.message_id;
  const restore = await world.injectFault({ contains: answerId, times: 1_000, kind: "refuse" });
  await release(marker);
  const rest: StreamEvent[] = [];
  for await (const event of events) rest.push(event);
  expect(rest.at(-3)?.data.code).toBe("save_delayed");
  await restore();
  await until(async () => (await lastOf(chatId)).status !== "streaming");
  const saved = await lastOf(chatId);
  expect(saved.status).toBe("complete");
  expect(saved.content === tokens.join("")).toBe(true);
  expect(textOf(rest).length).toBeGreaterThan(0);
});

describe("a late title that Postgres refuses", () => {
  /** A turn in a chat without a title, whose title comes when it is released. */
  async function titledTurn() {
    const chatId = await newChat(ada);
    const tokens = ['{"suggested_name": "A late title", "reasoning": ""}'];
    const marker = await script({ kind: "title", tokens, holdAfter: 0 });
    const events = readEvents(await ask(chatId, marker));
    for await (const { name } of events) if (name === "ai_message_complete") break;
    return { chatId, marker };
  }

  const titlesLeft = async (chatId: string) => (await world.worker.storageOf(chatId)).late_titles;

  it("once because of its content leaves its cost, and no title", async () => {
    const { chatId, marker } = await titledTurn();
    await refuseWith("22021", chatId, 1);
    await release(marker);
    await until(async () => (await titlesLeft(chatId)) === 0);
    const kinds = (await usageOf(chatId)).map(({ service_type }) => service_type);
    expect(new Set(kinds)).toEqual(new Set(["answer", "title"]));
    expect((await ada.get(`/chats/${chatId}`)).body.title).toBe("New Chat");
  });

  it("for good is given up on, and not retried", async () => {
    const { chatId, marker } = await titledTurn();
    const restore = await refuseWith("22003", chatId, 1_000);
    await release(marker);
    await until(async () => (await titlesLeft(chatId)) === 0);
    await restore();
    await logged("title_abandoned", chatId);
    await expectUsable(chatId);
  });
});
