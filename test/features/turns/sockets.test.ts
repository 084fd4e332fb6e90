import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { FRONTEND } from "../../support/jar.ts";
import { countCalls, injectFault, query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";
import { connect, handshake, newTicket, openTab } from "../../support/socket.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let eve: SignedIn;
let chatId: string;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
  chatId = await newChat(ada);
});

const wsPath = (ticket?: string, id = chatId) =>
  `/chats/${id}/ws${ticket === undefined ? "" : `?ticket=${ticket}`}`;

function ask(of: SignedIn, id: string, content: string): Promise<Response> {
  return of.fetch(`/chats/${id}/messages/stream`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ content }),
  });
}

describe("a ticket", () => {
  it("is a secret that is valid for a minute, stored only as a hash", async () => {
    const { status, body } = await ada.post("/ws/tickets", { chat_id: chatId });
    expect({ status, seconds: body.expires_in }).toEqual({ status: 201, seconds: 60 });
    expect(body.ticket).toMatch(/^[\w-]{43}$/);
    const rows = await query("SELECT session_token FROM chat_sessions WHERE chat_id = $1", [
      chatId,
    ]);
    expect(rows.length).toBeGreaterThan(0);
    for (const { session_token: token } of rows) {
      expect(token).toMatch(/^[\w-]{43}$/);
      expect(token).not.toBe(body.ticket);
    }
  });

  it("is issued for the user's own chats alone, by a session that has not ended", async () => {
    for (const id of [chatId, crypto.randomUUID()]) {
      expectProblem(await eve.post("/ws/tickets", { chat_id: id }), 404, "not_found");
    }
    const gone = await signUp();
    const own = await newChat(gone);
    await gone.post("/auth/logout");
    expectProblem(await gone.post("/ws/tickets", { chat_id: own }), 401, "invalid_token");
  });

  it.each(["sql_error", "sql_error_after_commit"] as const)(
    "opens its socket, once, also when the first use of it ended in a lost connection (%s)",
    async (kind) => {
      const id = await newChat(ada);
      const ticket = await newTicket(ada, id);
      await injectFault({ contains: id, times: 1, kind });
      const tab = await connect(id, ticket);
      await tab.ping();
      expect((await handshake(wsPath(ticket, id))).status).toBe(401);
      const open = "SELECT 1 FROM chat_sessions WHERE chat_id = $1 AND is_active";
      expect(await query(open, [id])).toHaveLength(1);
      tab.close();
    },
  );

  it("that was not used is deleted after a day", async () => {
    const id = await newChat(ada);
    await newTicket(ada, id);
    await query(
      "UPDATE chat_sessions SET last_activity = last_activity - interval '25 hours' WHERE chat_id = $1",
      [id],
    );
    await newTicket(ada, id);
    expect(await rowsOf(id)).toHaveLength(1);
  });

  it("opens one socket, however many try at once", async () => {
    const ticket = await newTicket(ada, chatId);
    const tries = Array.from({ length: 20 }, () => handshake(wsPath(ticket)));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.toSorted((a, b) => a - b)).toEqual([
      101,
      ...Array.from({ length: 19 }, () => 401),
    ]);
  });

  it("is refused when it is used, expired, of another chat, of an ended session, or invalid", async () => {
    const used = await newTicket(ada, chatId);
    expect((await handshake(wsPath(used))).status).toBe(101);
    const ofAnother = await newTicket(ada, await newChat(ada));
    const ofEve = await newTicket(eve, await newChat(eve));
    const gone = await signUp();
    const ownChat = await newChat(gone);
    const ofGone = await newTicket(gone, ownChat);
    await gone.post("/auth/logout");
    expectProblem(await handshake(wsPath(ofGone, ownChat)), 401, "invalid_token");
    for (const ticket of [used, ofAnother, ofEve, "x".repeat(43), "", undefined, ada.accessToken]) {
      expectProblem(await handshake(wsPath(ticket)), 401, "invalid_token");
    }
    const expired = await newTicket(ada, chatId);
    await query(
      "UPDATE chat_sessions SET created_at = created_at - interval '61 seconds' WHERE chat_id = $1",
      [chatId],
    );
    expectProblem(await handshake(wsPath(expired)), 401, "invalid_token");
  });

  it("that is refused opens nothing that a token in the header could", async () => {
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    expectProblem(await handshake(wsPath(), headers), 401, "invalid_token");
    const response = await handshake(wsPath("x", crypto.randomUUID()), headers);
    expectProblem(response, 401, "invalid_token");
  });
});

describe("a socket's URL", () => {
  it("requires an upgrade, and says to what", async () => {
    const response = await ada.get(wsPath(await newTicket(ada, chatId)));
    expectProblem(response, 426, "upgrade_required");
    expect(response.body.detail).toContain("WebSocket");
  });

  it("accepts pages of allowed origins, and clients without an Origin", async () => {
    for (const origin of ["https://evil.example", "null"]) {
      const ticket = await newTicket(ada, chatId);
      expectProblem(await handshake(wsPath(ticket), { origin }), 403, "origin_not_allowed");
      expect((await handshake(wsPath(ticket), { origin: FRONTEND })).status).toBe(101);
    }
  });

  it("passes on none of the client's internal headers", async () => {
    const eves = await newChat(eve);
    const headers = {
      "x-socket-user": ada.user.id,
      "x-socket-row": crypto.randomUUID(),
      "x-socket-session": crypto.randomUUID(),
    };
    expect((await handshake(wsPath(await newTicket(eve, eves), eves), headers)).status).toBe(101);
    // Its row is marked as closed, which only its own socket does.
    await until(async () => (await rowsOf(eves)).every(({ is_active: open }) => open === "f"));
  });
});

function rowsOf(id: string) {
  return query("SELECT is_active, used_at, last_activity FROM chat_sessions WHERE chat_id = $1", [
    id,
  ]);
}

describe("a live socket", () => {
  it("receives what a subscriber of the stream receives, in every tab", async () => {
    const id = await newChat(ada, { auto_title: false });
    const tabs = await Promise.all([openTab(ada, id), openTab(ada, id)]);
    const events = await allEvents(await ask(ada, id, "What is a deposit?"));
    for (const tab of tabs) {
      const frames = await tab.until("stream_complete");
      expect(frames).toEqual(events.map((event) => ({ ...event.data, id: event.id })));
    }
    const second = await allEvents(await ask(ada, id, "And who keeps it?"));
    for (const { frames } of tabs) {
      await until(async () => frames.at(-1)?.id === second.at(-1)?.id);
      expect(frames.map((frame) => frame.id)).toEqual(frames.map((_, index) => index + 1));
    }
  });

  it("that opens late receives the running turn from its start, and nothing of an ended one", async () => {
    const turn = await runningTurn(ada);
    const late = await openTab(ada, turn.chatId);
    const begun = await late.until("content_delta");
    expect(begun.map((frame) => frame.id)).toEqual([1, 2, 3]);
    await turn.finish();
    await late.until("stream_complete");
    const idle = await openTab(ada, turn.chatId);
    await idle.ping();
    expect(idle.frames).toEqual([]);
  });

  it("resumes after the given event, and reports an unknown id", async () => {
    const id = await newChat(ada, { auto_title: false });
    const events = await allEvents(await ask(ada, id, "What is a deposit?"));
    const ids = events.map((event) => event.id);
    const tab = await openTab(ada, id);
    for (const after of [0, -1, 1.5, 999_999, "2", null, undefined]) {
      tab.send({ type: "resume", after });
      await until(async () => tab.frames.length > 0);
      expect(tab.frames.splice(0)).toEqual([
        { type: "error", error: expect.any(String), code: "unknown_event_id" },
      ]);
    }
    tab.send({ type: "resume", after: 2 });
    const rest = await tab.until("stream_complete");
    expect(rest.map((frame) => frame.id)).toEqual(ids.slice(2));
  });

  it("is answered a ping in whatever spelling", async () => {
    const tab = await openTab(ada, chatId);
    for (const ping of ['{"type":"ping"}', '{ "type": "ping", "at": 1 }']) tab.send(ping);
    await until(async () => tab.frames.length === 2);
    expect(tab.frames).toEqual([{ type: "pong" }, { type: "pong" }]);
  });

  it.each([
    ["of more than 64 KiB", JSON.stringify({ type: "ping", pad: "x".repeat(65_536) }), 1009],
    ["that is no JSON", "hello", 1008],
    ["that is no object", "[1]", 1008],
    ["of bytes", new TextEncoder().encode('{"type":"ping"}'), 1008],
    ["of an unknown type", { type: "subscribe" }, 1008],
    ["without a type", {}, 1008],
  ])("is closed for a frame %s", async (_, frame, code) => {
    const tab = await openTab(ada, chatId);
    tab.send(frame);
    const closed = await tab.closed;
    expect(closed.code).toBe(code);
    expect(closed.reason).toMatch(/^[a-z JSON]+$/);
  });

  it("is closed for more than ten frames within a second", async () => {
    const tab = await openTab(ada, chatId);
    for (let count = 0; count < 12; count++) tab.send({ type: "ping", count });
    expect(await tab.closed).toEqual({ code: 1008, reason: "too many frames" });
    expect(tab.frames.length).toBeLessThanOrEqual(10);
  });

  it("is closed for going back in the log repeatedly", async () => {
    const id = await newChat(ada, { auto_title: false });
    await allEvents(await ask(ada, id, "What is a deposit?"));
    const tab = await openTab(ada, id);
    for (let count = 0; count < 9; count++) tab.send({ type: "resume", after: 1 });
    expect(await tab.closed).toEqual({ code: 1008, reason: "too many resumes" });
  });

  it("is one of 32 at most; the next is closed, to retry later", async () => {
    const id = await newChat(ada);
    const tabs = await Promise.all(Array.from({ length: 32 }, () => openTab(ada, id)));
    const last = await openTab(ada, id);
    expect(await last.closed).toEqual({ code: 1013, reason: "too many sockets" });
    await tabs[0]?.ping();
    tabs[0]?.close();
    await tabs[0]?.closed;
    await until(
      async () => (await rowsOf(id)).filter((row) => row.is_active === "t").length === 31,
    );
    const next = await openTab(ada, id);
    await next.ping();
  });

  it("is recorded in its row while it is open, without a trip for each frame", async () => {
    const id = await newChat(ada);
    const tab = await openTab(ada, id);
    expect(await rowsOf(id)).toMatchObject([{ is_active: "t", used_at: expect.any(String) }]);
    const calls = await countCalls(id, async () => {
      for (let count = 0; count < 5; count++) tab.send({ type: "ping", count });
      await until(async () => tab.frames.length === 5);
    });
    expect(calls).toBe(0);
    tab.close();
    expect((await tab.closed).code).toBe(1000);
    await until(async () => (await rowsOf(id))[0]?.is_active === "f");
  });

  it("is closed when its chat is deleted", async () => {
    const { chatId: id } = await runningTurn(ada);
    const tab = await openTab(ada, id);
    await tab.until("content_delta");
    await tab.ping();
    await ada.delete(`/chats/${id}`);
    expect(await tab.closed).toEqual({ code: 1001, reason: "chat deleted" });
  });

  it("that is lost or misbehaves changes nothing of the answer", async () => {
    const id = await newChat(ada, { auto_title: false });
    const marker = await script({ tokens: ["One ", "two ", "three."], tokenDelayMs: 30 });
    const tab = await connect(id, await newTicket(ada, id));
    const reading = ask(ada, id, marker).then(allEvents);
    await tab.until("ai_message_start");
    tab.send("nonsense");
    await tab.closed;
    expect((await reading).at(-1)?.name).toBe("stream_complete");
    expect((await ada.get(`/chats/${id}/messages`)).body.at(-1)).toMatchObject({
      status: "complete",
      content: "One two three.",
    });
  });
});
