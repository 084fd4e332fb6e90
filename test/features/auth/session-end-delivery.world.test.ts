import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat, runningTurn } from "../../support/chats.ts";
import { anonymous, bearer, type SignedIn } from "../../support/client.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { openTab } from "../../support/socket.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

const SESSION_ENDED = { code: 1008, reason: "session ended" };

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
}, WORLD_START_MS);
afterAll(() => world.close());

const sessionOf = ({ accessToken }: SignedIn): string =>
  JSON.parse(atob(accessToken.split(".")[1] ?? "")).sid;

/** The end is committed, and nobody is notified: as if the Worker were killed right after. */
const endSilently = (of: SignedIn) =>
  world.query("UPDATE sessions SET ended_at = now() WHERE id = $1", [sessionOf(of)]);

const outboxOf = (of: SignedIn) =>
  world.query("SELECT tried_at, last_at FROM session_ends WHERE session_id = $1", [sessionOf(of)]);

/** A second session of the same user. */
async function secondSession(of: SignedIn): Promise<SignedIn> {
  const { email } = of.user;
  const nobody = anonymous(world.worker.url);
  const { body } = await nobody.post("/auth/login", { email, password: of.password });
  const tokens = { accessToken: body.access_token, refreshToken: body.refresh_token };
  return { ...of, ...bearer(body.access_token, world.worker.url), ...tokens };
}

const lastOf = async (of: SignedIn, chatId: string) =>
  (await of.get(`/chats/${chatId}/messages`)).body.at(-1);

it("A session end whose notification was lost closes its streams and sockets within a minute, and no turn", async () => {
  const ada = await world.signUp();
  const phone = await secondSession(ada);
  const turn = await runningTurn(ada);
  const idle = await newChat(ada);
  const tabs = await Promise.all(
    [turn.chatId, idle].map((id) => openTab(ada, id, world.worker.url)),
  );
  const phoneTab = await openTab(phone, turn.chatId, world.worker.url);
  const phoneReads = phone.fetch(`/chats/${turn.chatId}/stream`).then(allEvents);
  for (const tab of [...tabs, phoneTab]) await tab.ping();
  await endSilently(ada);
  expect(await world.minute()).toMatchObject({ session_ends_failed: 0 });
  expect(await turn.rest()).not.toContain("stream_complete");
  for (const tab of tabs) expect(await tab.closed).toEqual(SESSION_ENDED);
  expect(phoneTab.isOpen()).toBe(true);
  await turn.finish();
  expect((await phoneReads).at(-1)?.name).toBe("stream_complete");
  expect((await lastOf(phone, turn.chatId)).status).toBe("complete");
});

it("A session end reaches sockets whose room hibernates", async () => {
  const ada = await world.signUp();
  const chatId = await newChat(ada);
  const tab = await openTab(ada, chatId, world.worker.url);
  await tab.ping();
  await world.worker.hibernate(chatId);
  await endSilently(ada);
  await world.minute();
  expect(await tab.closed).toEqual(SESSION_ENDED);
  const select = "SELECT is_active FROM chat_sessions WHERE user_id = $1";
  expect(await world.query(select, [ada.user.id])).toEqual([{ is_active: "f" }]);
});

it("A stream opened after the session ended, with an access token that is still valid, is closed too", async () => {
  const ada = await world.signUp();
  const phone = await secondSession(ada);
  const turn = await runningTurn(phone);
  await endSilently(ada);
  // The room was not notified of the end, and hibernation clears its memory.
  const late = await ada.fetch(`/chats/${turn.chatId}/stream`);
  await world.minute();
  expect((await allEvents(late)).map(({ name }) => name)).not.toContain("stream_complete");
  await turn.finish();
  expect((await turn.rest()).at(-1)).toBe("stream_complete");
});

it("A session end is in the outbox once it is committed, and deleted when its tokens have expired", async () => {
  const ada = await world.signUp();
  await ada.post("/auth/logout");
  await ada.post("/auth/logout");
  expect(await outboxOf(ada)).toHaveLength(1);
  await world.minute();
  expect(await outboxOf(ada)).toHaveLength(1);
  await world.query("UPDATE session_ends SET last_at = now() WHERE session_id = $1", [
    sessionOf(ada),
  ]);
  await world.minute();
  expect(await outboxOf(ada)).toEqual([]);
});

it("A session end stays in the outbox until a room has closed the streams and sockets", async () => {
  const ada = await world.signUp();
  const phone = await secondSession(ada);
  const turn = await runningTurn(phone);
  await endSilently(ada);
  await world.query("UPDATE session_ends SET last_at = now() WHERE session_id = $1", [
    sessionOf(ada),
  ]);
  await world.minute();
  await world.minute();
  expect(await outboxOf(ada)).toMatchObject([{ tried_at: expect.any(String) }]);
  await turn.finish();
  await turn.rest();
  await until(async () => {
    await world.minute();
    return (await outboxOf(ada)).length === 0;
  });
});

it("A reused old refresh token that ends its session adds that end to the outbox", async () => {
  const ada = await world.signUp();
  const nobody = anonymous(world.worker.url);
  const refresh = (token: string) => nobody.post("/auth/refresh", { refresh_token: token });
  const second = (await refresh(ada.refreshToken)).body.refresh_token;
  await refresh(second);
  await world.query("UPDATE sessions SET rotated_at = now() - interval '11 s' WHERE id = $1", [
    sessionOf(ada),
  ]);
  expect((await refresh(ada.refreshToken)).status).toBe(401);
  expect(await outboxOf(ada)).toHaveLength(1);
});
