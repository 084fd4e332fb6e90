import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, type RunningTurn, runningTurn } from "../../support/chats.ts";
import { anonymous, bearer, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { connect, newTicket, openTab, type Tab } from "../../support/socket.ts";
import { allEvents, type StreamEvent } from "../../support/sse.ts";
import { ageRotation } from "../../support/tokens.ts";
import { until } from "../../support/until.ts";

const SESSION_ENDED = { code: 1008, reason: "session ended" };

const nobody = anonymous();

/** A Worker that updates the activity of sockets all the time. */
let worker: FastWorker;
beforeAll(async () => {
  worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ heartbeat_ms: 1 }) });
});
afterAll(() => worker.close());

/** A second session of the same user. */
async function secondSession(of: SignedIn): Promise<SignedIn> {
  const { email } = of.user;
  const { body } = await nobody.post("/auth/login", { email, password: of.password });
  const tokens = { accessToken: body.access_token, refreshToken: body.refresh_token };
  return { ...of, ...bearer(body.access_token), ...tokens };
}

/** The events of a running turn as another session reads them, from its start. */
async function readAlong(of: SignedIn, { chatId }: RunningTurn): Promise<StreamEvent[]> {
  return allEvents(await of.fetch(`/chats/${chatId}/stream`));
}

/**
 * A turn with four subscribers: a stream and a socket of the session that began it, and of a second
 * session.
 */
async function watchedTurn() {
  const ada = await signUp();
  const phone = await secondSession(ada);
  const turn = await runningTurn(ada);
  const tab = await openTab(ada, turn.chatId);
  const phoneTab = await openTab(phone, turn.chatId);
  for (const one of [tab, phoneTab]) await one.ping();
  return { ada, phone, turn, tab, phoneTab, phoneReads: readAlong(phone, turn) };
}

const lastOf = async (of: SignedIn, chatId: string) =>
  (await of.get(`/chats/${chatId}/messages`)).body.at(-1);

/** Open at both ends. */
async function isOpen(tab: Tab): Promise<boolean> {
  await tab.ping();
  return tab.isOpen();
}

describe("signing out", () => {
  it("closes the streams and sockets of the session, and neither the answer nor those of another session", async () => {
    const { ada, phone, turn, tab, phoneTab, phoneReads } = await watchedTurn();
    expect((await ada.post("/auth/logout")).status).toBe(200);
    expect(await turn.rest()).not.toContain("stream_complete");
    expect(await tab.closed).toEqual(SESSION_ENDED);
    expect(await isOpen(phoneTab)).toBe(true);
    await turn.finish();
    expect((await phoneReads).at(-1)?.name).toBe("stream_complete");
    await phoneTab.until("stream_complete");
    expect(await lastOf(phone, turn.chatId)).toMatchObject({
      status: "complete",
      content: "One two.",
    });
  });

  it("closes the sockets of every chat, also idle ones, and leaves no row of them active", async () => {
    const ada = await signUp();
    const chats = await Promise.all([newChat(ada), newChat(ada), newChat(ada)]);
    const tabs = await Promise.all(chats.map((id) => openTab(ada, id)));
    for (const tab of tabs) await tab.ping();
    await ada.post("/auth/logout");
    for (const tab of tabs) expect(await tab.closed).toEqual(SESSION_ENDED);
    const select = "SELECT DISTINCT is_active FROM chat_sessions WHERE user_id = $1";
    await until(async () => {
      const rows = await query(select, [ada.user.id]);
      return rows.length === 1 && rows[0]?.is_active === "f";
    });
  });

  it("finds what to close in the trip that ends the session", async () => {
    const ada = await signUp();
    const claims = JSON.parse(atob(ada.accessToken.split(".")[1] ?? ""));
    expect(await countCalls(claims.sid, () => ada.post("/auth/logout"))).toBe(1);
  });

  it("closes nothing of another user", async () => {
    const { turn, tab, phoneTab, phoneReads } = await watchedTurn();
    const eve = await signUp();
    await eve.post("/auth/logout");
    await Promise.all([isOpen(tab), isOpen(phoneTab)]);
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
    expect((await phoneReads).at(-1)?.name).toBe("stream_complete");
  });

  it("leaves no socket open that was opened at the same moment", async () => {
    const races = Array.from({ length: 12 }, async () => {
      const eve = await signUp();
      const chatId = await newChat(eve);
      const ticket = await newTicket(eve, chatId);
      const opening = connect(chatId, ticket).catch(() => undefined);
      await Promise.all([opening, eve.post("/auth/logout")]);
      const tab = await opening;
      return until(async () => !tab?.isOpen());
    });
    expect(await Promise.all(races)).not.toContain(false);
  });

  it("lets the session's access token subscribe to nothing from then on", async () => {
    const ada = await signUp();
    const phone = await secondSession(ada);
    const turn = await runningTurn(phone);
    const ticket = await newTicket(ada, turn.chatId);
    await ada.post("/auth/logout");
    await expect(connect(turn.chatId, ticket)).rejects.toThrow("could not be opened");
    // Once its room was notified, a new stream ends at once.
    await until(async () => (await readAlong(ada, turn)).length === 0);
    await turn.finish();
    expect((await turn.rest()).at(-1)).toBe("stream_complete");
  });
});

describe("a reused old refresh token", () => {
  it("closes the session's streams and sockets, and not the answer", async () => {
    const { ada, phone, turn, tab, phoneTab } = await watchedTurn();
    let token = ada.refreshToken;
    for (let round = 0; round < 2; round++) {
      token = (await nobody.post("/auth/refresh", { refresh_token: token })).body.refresh_token;
    }
    expect(await isOpen(tab)).toBe(true);
    await ageRotation(ada);
    const stolen = await nobody.post("/auth/refresh", { refresh_token: ada.refreshToken });
    expect(stolen.status).toBe(401);
    expect(await turn.rest()).not.toContain("stream_complete");
    expect(await tab.closed).toEqual(SESSION_ENDED);
    await turn.finish();
    await phoneTab.until("stream_complete");
    expect((await lastOf(phone, turn.chatId)).status).toBe("complete");
  });
});

it("A socket whose room was not notified is closed at its next activity update", async () => {
  const ada = await signUp();
  const chatId = await newChat(ada);
  const tab = await openTab(ada, chatId, worker.url);
  tab.send({ type: "ping", why: "not in the bytes that the runtime answers by itself" });
  await tab.until("pong");
  await query("UPDATE sessions SET ended_at = now() WHERE user_id = $1", [ada.user.id]);
  tab.send({ type: "ping", why: "the same" });
  expect(await tab.closed).toEqual(SESSION_ENDED);
});
