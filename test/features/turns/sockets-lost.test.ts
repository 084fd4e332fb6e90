import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { connect, newTicket, openTab, type Tab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const TURN_LIMITS = JSON.stringify({ flush_ms: 50, watchdog_ms: 1_000 });

let ada: SignedIn;
let worker: RunningWorker;
let server: FastWorker;
beforeAll(async () => {
  [ada, worker, server] = await Promise.all([
    signUp(),
    startWorker({ TURN_LIMITS }),
    startFastWorker({ TURN_LIMITS }),
  ]);
});
afterAll(() => Promise.all([worker.close(), server.close()]));

function ask(url: string, chatId: string, content: string): Promise<Response> {
  const headers = {
    authorization: `Bearer ${ada.accessToken}`,
    "content-type": "application/json",
  };
  const body = JSON.stringify({ content });
  return fetch(`${url}/chats/${chatId}/messages/stream`, { method: "POST", headers, body });
}

const idsOf = (frames: Body[]) => frames.map((frame) => frame.id);
const textOf = (frames: Body[]) =>
  frames.map(({ type, content }) => (type === "content_delta" ? content : "")).join("");

/** All frames up to the end of this many turns. */
function turnsOf(tab: Tab, count: number): Promise<Body[]> {
  return until(async () => {
    const ends = tab.frames.filter((frame) => frame.type === "stream_complete");
    return ends.length === count && tab.frames.slice();
  });
}

const answerOf = (chatId: string) =>
  ada.get(`/chats/${chatId}/messages`).then(({ body }) => body.at(-1));

describe("a socket of a room that hibernated", () => {
  it("receives the next turn, nothing twice, and still knows its own row", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const tab = await openTab(ada, chatId, worker.url);
    await ask(worker.url, chatId, "What is a deposit?");
    await turnsOf(tab, 1);
    await worker.hibernate(chatId);
    await ask(worker.url, chatId, "And who keeps it?");
    const frames = await turnsOf(tab, 2);
    expect(idsOf(frames)).toEqual(frames.map((_, index) => index + 1));
    await worker.hibernate(chatId);
    tab.send({ type: "resume", after: 2 });
    await turnsOf(tab, 4);
    expect(tab.frames.slice(frames.length)).toEqual(frames.slice(2));
    tab.close();
    await until(async () => {
      const select = "SELECT is_active FROM chat_sessions WHERE chat_id = $1";
      return (await query(select, [chatId])).every((row) => row.is_active === "f");
    });
  });

  it("is closed when its session ends meanwhile", async () => {
    const eve = await signUp();
    const chatId = await newChat(eve);
    const tab = await openTab(eve, chatId, worker.url);
    await tab.ping();
    await worker.hibernate(chatId);
    const headers = { authorization: `Bearer ${eve.accessToken}` };
    await fetch(`${worker.url}/auth/logout`, { method: "POST", headers });
    expect(await tab.closed).toEqual({ code: 1008, reason: "session ended" });
  });
});

describe("a socket whose server was killed", () => {
  it("is closed, and another socket receives the events after its last one", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const tokens = Array.from({ length: 40 }, (_, index) => `é${index} `);
    const marker = await script({ tokens, tokenDelayMs: 20, holdAfter: 30, times: 1 });
    const tab = await openTab(ada, chatId, server.url);
    const asking = ask(server.url, chatId, marker).catch(() => undefined);
    await until(async () => tab.frames.length >= 15);
    await server.crash();
    expect((await tab.closed).code).toBe(1006);
    await (await asking)?.body?.cancel().catch(() => undefined);
    const seen = tab.frames;
    expect(idsOf(seen)).toEqual(seen.map((_, index) => index + 1));

    const again = await until(async () => {
      const ticket = await newTicket(ada, chatId);
      return connect(chatId, ticket, server.url).catch(() => undefined);
    });
    const after = seen.length;
    again.send({ type: "resume", after });
    const rest = await again.until("stream_complete");
    // If it was opened before the room had ended the turn, the turn was sent from its start.
    for (const frame of rest.filter(({ id }) => id <= after)) {
      expect(frame).toEqual(seen[frame.id - 1]);
    }
    const fresh = rest.filter(({ id }) => id > after);
    expect(idsOf(fresh)).toEqual(idsOf(fresh).toSorted((a, b) => a - b));
    const { status, content } = await answerOf(chatId);
    expect(status).toBe("interrupted");
    expect(fresh.at(-2)).toMatchObject({ type: "ai_message_complete", message: { content } });
    expect(content.startsWith(textOf(seen)) || textOf(seen).startsWith(content)).toBe(true);
  });
});
