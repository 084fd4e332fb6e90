import { beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn } from "../../support/chats.ts";
import {
  anonymous,
  bearer,
  type Body,
  clientWith,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { signedUpJar } from "../../support/jar.ts";
import { eventsOf, refreshStatus, sessionIdOf, signInAgain } from "../../support/sessions.ts";
import { openTab } from "../../support/socket.ts";

const SESSION_ENDED = { code: 1008, reason: "session ended" };

let ada: SignedIn;
let phone: SignedIn;
beforeAll(async () => {
  ada = await signUp();
  phone = await signInAgain(ada);
});

const idsOf = async (of: SignedIn): Promise<string[]> =>
  (await of.get("/auth/sessions")).body.map(({ id }: Body) => id);

describe("the list of sessions", () => {
  it("names when and by which program each was signed in, and the current one", async () => {
    const headers = { "user-agent": "Ledger/7.1 (test)" };
    const { email } = ada.user;
    const given = { email, password: ada.password };
    const { body } = await clientWith(headers).post("/auth/login", given);
    const sessions = (await bearer(body.access_token).get("/auth/sessions")).body;
    expect(sessions).toHaveLength(3);
    expect(sessions[0]).toEqual({
      id: sessionIdOf({ accessToken: body.access_token }),
      created_at: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      last_seen_at: sessions[0].created_at,
      user_agent: "Ledger/7.1 (test)",
      country: null,
      current: true,
    });
    expect(sessions.map(({ current }: Body) => current)).toEqual([true, false, false]);
    await bearer(body.access_token).post("/auth/logout");
    expect(await idsOf(ada)).toEqual([sessionIdOf(phone), sessionIdOf(ada)]);
  });

  it("moves `last_seen_at` with each refresh", async () => {
    const eve = await signUp();
    const [before] = (await eve.get("/auth/sessions")).body;
    await refreshStatus(eve);
    const [after] = (await eve.get("/auth/sessions")).body;
    expect(after.last_seen_at > before.last_seen_at).toBe(true);
    expect(after.created_at).toBe(before.created_at);
  });

  it("is paged, newest first, and never shows another user's", async () => {
    const eve = await signUp();
    for (let count = 0; count < 4; count++) await signInAgain(eve);
    const seen: string[] = [];
    let path: string | undefined = "/auth/sessions?limit=2";
    while (path !== undefined) {
      const page = await eve.get(path);
      seen.push(...page.body.map(({ id }: Body) => id));
      path = /<(.*)>; rel="next"/.exec(page.headers.get("link") ?? "")?.[1];
    }
    expect(seen).toEqual(await idsOf(eve));
    expect(new Set(seen).size).toBe(5);
    expect(await idsOf(ada)).not.toContain(seen[0]);
    for (const query of ["limit=0", "limit=101", "cursor=x", "cursor=WyJ4Il0"]) {
      const refused = await eve.get(`/auth/sessions?${query}`);
      expectProblem(refused, 422, "validation_failed");
    }
  });
});

describe("ending a session", () => {
  it("refuses its refresh token at once, closes its sockets, and leaves the others and running answers", async () => {
    const eve = await signUp();
    const tablet = await signInAgain(eve);
    const turn = await runningTurn(tablet);
    const tab = await openTab(tablet, turn.chatId);
    const own = await openTab(eve, turn.chatId);
    for (const one of [tab, own]) await one.ping();
    const { status } = await eve.delete(`/auth/sessions/${sessionIdOf(tablet)}`);
    expect(status).toBe(204);
    expect(await tab.closed).toEqual(SESSION_ENDED);
    expect(await turn.rest()).not.toContain("stream_complete");
    await turn.finish();
    await own.until("stream_complete");
    expect([await refreshStatus(tablet), await refreshStatus(eve)]).toEqual([401, 200]);
    expect(await eventsOf(eve)).toEqual([
      "account_created",
      "signed_in",
      "signed_in",
      "session_ended",
    ]);
  });

  it("is 404 for an id that is not the user's, and can be repeated", async () => {
    const eve = await signUp();
    for (const id of [sessionIdOf(ada), crypto.randomUUID(), "me"]) {
      expectProblem(await eve.delete(`/auth/sessions/${id}`), 404, "not_found");
    }
    const tablet = await signInAgain(eve);
    const path = `/auth/sessions/${sessionIdOf(tablet)}`;
    expect((await eve.delete(path)).status).toBe(204);
    expect((await eve.delete(path)).status).toBe(204);
    expect((await eventsOf(eve)).filter((kind) => kind === "session_ended")).toHaveLength(1);
    expect(await refreshStatus(ada)).toBe(200);
  });

  it("that is the current one signs a browser out", async () => {
    const jar = await signedUpJar();
    const [session] = (await jar.get("/auth/sessions")).body;
    expect((await jar.send("delete", `/auth/sessions/${session.id}`)).status).toBe(204);
    // The device stays known: it signs in nothing.
    expect([...jar.cookies.keys()]).toEqual(["device"]);
  });

  it("is refused by an access token whose own session has ended", async () => {
    const eve = await signUp();
    const thief = await signInAgain(eve);
    await eve.delete(`/auth/sessions/${sessionIdOf(thief)}`);
    const one = await thief.delete(`/auth/sessions/${sessionIdOf(eve)}`);
    expectProblem(one, 401, "invalid_token");
    expectProblem(await thief.delete("/auth/sessions"), 401, "invalid_token");
    expect(await refreshStatus(eve)).toBe(200);
  });
});

describe("ending all other sessions", () => {
  it("leaves the current one alone, and is one event", async () => {
    const eve = await signUp();
    const others = [await signInAgain(eve), await signInAgain(eve)];
    const chatId = await newChat(eve);
    const tabs = await Promise.all(others.map((other) => openTab(other, chatId)));
    for (const tab of tabs) await tab.ping();
    expect((await eve.delete("/auth/sessions")).status).toBe(204);
    for (const tab of tabs) expect(await tab.closed).toEqual(SESSION_ENDED);
    for (const other of others) expect(await refreshStatus(other)).toBe(401);
    expect(await idsOf(eve)).toEqual([sessionIdOf(eve)]);
    expect((await eve.delete("/auth/sessions")).status).toBe(204);
    const kinds = await eventsOf(eve);
    expect(kinds.filter((kind) => kind === "other_sessions_ended")).toHaveLength(1);
  });

  it("requires a sign-in", async () => {
    expectProblem(await anonymous().delete("/auth/sessions"), 401, "unauthenticated");
  });
});
