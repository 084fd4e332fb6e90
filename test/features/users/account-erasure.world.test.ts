import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { newChat, runningTurn, say } from "../../support/chats.ts";
import { anonymous, at, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { signedUpJar } from "../../support/jar.ts";
import { injectFault, query } from "../../support/postgres.ts";
import { openTab } from "../../support/socket.ts";
import { until } from "../../support/until.ts";
import { type RunningWorker, startWorker } from "../../support/worker.ts";

const nobody = anonymous();

let worker: RunningWorker;
beforeAll(async () => {
  worker = await startWorker({});
});
afterAll(() => worker.close());

const newPerson = async () => at(worker.url, await signUp());

const erase = (of: SignedIn) => of.delete("/users/me", { password: of.password });

/** The number of a user's rows in each table. */
async function rowsOf({ user }: SignedIn): Promise<Record<string, number>> {
  const ofChats = "IN (SELECT id FROM chats WHERE user_id = $1::uuid)";
  const [row] = await query(
    `SELECT (SELECT count(*) FROM users WHERE id = $1::uuid) AS users,
      (SELECT count(*) FROM sessions WHERE user_id = $1::uuid) AS sessions,
      (SELECT count(*) FROM chats WHERE user_id = $1::uuid) AS chats,
      (SELECT count(*) FROM messages WHERE chat_id ${ofChats}) AS messages,
      (SELECT count(*) FROM chat_sessions WHERE user_id = $1::uuid) AS sockets,
      (SELECT count(*) FROM files WHERE user_id = $1::uuid) AS files,
      (SELECT count(*) FROM ai_usage WHERE user_id = $1::uuid) AS usage,
      (SELECT count(*) FROM idempotency_keys WHERE user_id = $1::uuid) AS keys`,
    [user.id],
  );
  return Object.fromEntries(
    Object.entries(row ?? {}).map(([name, count]) => [name, Number(count)]),
  );
}

const NOTHING = {
  users: 0,
  sessions: 0,
  chats: 0,
  messages: 0,
  sockets: 0,
  files: 0,
  usage: 0,
  keys: 0,
};

describe("deleting the user's own account", () => {
  it("leaves no row, no session, and nothing in the rooms, and stops a running answer", async () => {
    const ada = await newPerson();
    const past = await ada.post("/chat", { content: "Hello?" }, { "idempotency-key": "once" });
    const turn = await runningTurn(ada);
    const tab = await openTab(ada, past.body.chat_id, worker.url);
    await tab.ping();
    const before = await rowsOf(ada);
    expect(before).toMatchObject({ users: 1, chats: 2, messages: 4, sockets: 1, keys: 1 });
    expect(await worker.storageOf(past.body.chat_id)).toMatchObject({ turn_logs: 1 });

    expect((await erase(ada)).status).toBe(204);

    expect(await rowsOf(ada)).toEqual(NOTHING);
    expect((await turn.rest()).slice(-2)).toEqual(["turn_error", "stream_complete"]);
    expect(await tab.closed).toEqual({ code: 1001, reason: "chat deleted" });
    await turn.finish();
    for (const chatId of [past.body.chat_id, turn.chatId]) {
      await until(async () => Object.keys(await worker.storageOf(chatId)).length === 0);
    }
    expectProblem(await ada.get("/users/me"), 401, "invalid_token");
    expectProblem(await erase(ada), 401, "invalid_token");
    const refreshed = await nobody.post("/auth/refresh", { refresh_token: ada.refreshToken });
    expectProblem(refreshed, 401, "invalid_token");
    const { email } = ada.user;
    const signIn = await nobody.post("/auth/login", { email, password: ada.password });
    expectProblem(signIn, 401, "invalid_credentials");
  });

  it("requires the password, and changes nothing without it", async () => {
    const ada = await newPerson();
    const chatId = await newChat(ada);
    const wrong = await ada.delete("/users/me", { password: "seven tall ladders" });
    expectProblem(wrong, 401, "invalid_credentials");
    expectProblem(await ada.delete("/users/me", {}), 422, "validation_failed", "/password");
    expectProblem(await ada.delete("/users/me"), 422, "validation_failed", "/password");
    expect((await ada.get(`/chats/${chatId}`)).status).toBe(200);
  });

  it("leaves other users' data alone", async () => {
    const [ada, eve] = [await newPerson(), await newPerson()];
    const chatId = await newChat(eve);
    await say(eve, chatId, "Mine");
    const before = await rowsOf(eve);
    await erase(ada);
    expect(await rowsOf(eve)).toEqual(before);
    expect((await eve.get(`/chats/${chatId}`)).body.messages).toHaveLength(1);
  });

  it("takes effect when the response of Postgres is lost, and is confirmed", async () => {
    const ada = await newPerson();
    await newChat(ada);
    await injectFault({ contains: "DELETE FROM users", times: 1, kind: "cut_after_commit" });
    expect((await erase(ada)).status).toBe(204);
    expect(await rowsOf(ada)).toEqual(NOTHING);
  });

  it("takes effect once, though it is requested five times at once", async () => {
    const ada = await newPerson();
    const responses = await Promise.all(Array.from({ length: 5 }, () => erase(ada)));
    const codes = responses.map(({ status, body }) => body?.code ?? status);
    expect(codes.filter((code) => code === 204)).toHaveLength(1);
    expect(codes.filter((code) => code === "invalid_token")).toHaveLength(4);
  });

  it("clears a browser's cookies, also when the request would have renewed them", async () => {
    for (const isRenewed of [false, true]) {
      const jar = await signedUpJar();
      if (isRenewed) jar.cookies.delete("access_token");
      const response = await jar.send("delete", "/users/me", { password: "seven tall lamps" });
      expect(response.status).toBe(204);
      expect(jar.cookies.size).toBe(0);
    }
  });

  it("lets a token that is still valid create nothing any more", async () => {
    const ada = await newPerson();
    const turns = Array.from({ length: 6 }, () => ada.post("/chat", { content: "Hello?" }));
    await erase(ada);
    for (const { status, body } of await Promise.all(turns)) {
      expect([200, "invalid_token", "not_found"]).toContain(body.code ?? status);
    }
    expectProblem(await ada.post("/chats", {}), 401, "invalid_token");
    expectProblem(await ada.post("/chat", { content: "Hello?" }), 401, "invalid_token");
    expect(await rowsOf(ada)).toEqual(NOTHING);
  });
});
