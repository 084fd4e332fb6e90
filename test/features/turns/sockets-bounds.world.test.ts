import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { anonymous, bearer, type SignedIn, signUp } from "../../support/client.ts";
import { query } from "../../support/postgres.ts";
import { openTab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const SESSION_ENDED = { code: 1008, reason: "session ended" };
const TOO_MANY = { code: 1013, reason: "too many sockets" };

const HEARTBEAT_MS = 25;

/** A Worker that updates the activity of sockets after four heartbeats. */
let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({ TURN_LIMITS: JSON.stringify({ heartbeat_ms: HEARTBEAT_MS }) });
});
afterAll(() => worker.close());

const sessionOf = ({ accessToken }: SignedIn): string =>
  JSON.parse(atob(accessToken.split(".")[1] ?? "")).sid;

/** Rows of open sockets of a user. */
const plantSockets = (of: SignedIn, chatId: string, count: number) =>
  query(
    `INSERT INTO chat_sessions
       (id, user_id, chat_id, session_id, session_token, is_active, last_activity, created_at, used_at)
     SELECT gen_random_uuid(), $1, $2, $3, gen_random_uuid(), true, now(), now(), now()
     FROM generate_series(1, $4::int)`,
    [of.user.id, chatId, sessionOf(of), count],
  );

describe("A user's sockets", () => {
  it("are 64 at most over all chats, however many are opened at once", async () => {
    const ada = await signUp();
    const chats = await Promise.all(Array.from({ length: 6 }, () => newChat(ada)));
    await plantSockets(ada, await newChat(ada), 62);
    const tabs = await Promise.all(chats.map((id) => openTab(ada, id)));
    const refused = tabs.map((tab) => Promise.race([tab.ping().then(() => undefined), tab.closed]));
    const outcomes = await Promise.all(refused);
    const closed = outcomes.filter((outcome) => outcome !== undefined);
    expect(closed).toEqual(Array.from({ length: 4 }, () => TOO_MANY));
  });

  it("stop counting when they were inactive for a while: their room may be gone", async () => {
    const [ada, eve] = await Promise.all([signUp(), signUp()]);
    const chatId = await newChat(ada);
    await plantSockets(ada, chatId, 64);
    expect(await (await openTab(ada, chatId)).closed).toEqual(TOO_MANY);
    await (await openTab(eve, await newChat(eve))).ping();
    const age = "UPDATE chat_sessions SET last_activity = now() - interval '16 minutes'";
    await query(`${age} WHERE user_id = $1`, [ada.user.id]);
    await (await openTab(ada, chatId)).ping();
  });
});

describe("A socket of a session", () => {
  it("that has ended is closed by a hibernated room, at the next frame", async () => {
    const ada = await signUp();
    const chatId = await newChat(ada);
    const tab = await openTab(ada, chatId, worker.url);
    await tab.ping();
    await query("UPDATE sessions SET ended_at = now() WHERE user_id = $1", [ada.user.id]);
    await worker.hibernate(chatId);
    const isDueAt = Date.now() + 4 * HEARTBEAT_MS;
    await until(async () => Date.now() > isDueAt);
    tab.send({ type: "ping", why: "not in the bytes that the runtime answers by itself" });
    expect(await tab.closed).toEqual(SESSION_ENDED);
  });

  it("that has expired is closed before it is sent anything", async () => {
    const ada = await signUp();
    const expiresAt = Date.now() + 2_000;
    await query("UPDATE sessions SET expires_at = $2 WHERE user_id = $1", [
      ada.user.id,
      new Date(expiresAt).toISOString(),
    ]);
    const chatId = await newChat(ada, { auto_title: false });
    const tab = await openTab(ada, chatId);
    const { email } = ada.user;
    const login = { email, password: ada.password };
    const phone = bearer((await anonymous().post("/auth/login", login)).body.access_token);
    await tab.ping();
    await until(async () => Date.now() > expiresAt);
    await phone.post(`/chats/${chatId}/messages`, { content: "Is anybody there?" });
    expect(await tab.closed).toEqual(SESSION_ENDED);
    expect(tab.frames).toEqual([]);
  });
});
