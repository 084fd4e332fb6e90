import { describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { anonymous, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { signedUpJar } from "../../support/jar.ts";
import { atOnce } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { codesOf } from "../../support/second-factor.ts";
import { eventsOf, refreshStatus, signInAgain } from "../../support/sessions.ts";
import { openTab } from "../../support/socket.ts";

const NEW = "nine short candles";

const signIn = (of: SignedIn, password: string) =>
  anonymous().post("/auth/login", { email: of.user.email, password });

const change = (of: SignedIn, next = NEW, current = of.password) =>
  of.post("/auth/password", { current_password: current, new_password: next });

describe("changing the password", () => {
  it("replaces it, ends the other sessions with their sockets, and keeps the current one", async () => {
    const ada = await signUp();
    const phone = await signInAgain(ada);
    const tab = await openTab(phone, await newChat(ada));
    await tab.ping();
    expect((await change(ada)).body).toMatchObject({ success: true, data: {} });
    expect(await tab.closed).toEqual({ code: 1008, reason: "session ended" });
    expect([await refreshStatus(phone), await refreshStatus(ada)]).toEqual([401, 200]);
    expectProblem(await signIn(ada, ada.password), 401, "invalid_credentials");
    expect((await signIn(ada, NEW)).status).toBe(200);
    expect((await eventsOf(ada)).filter((kind) => kind === "password_changed")).toHaveLength(1);
  });

  it("keeps a browser signed in", async () => {
    const jar = await signedUpJar();
    const body = { current_password: "seven tall lamps", new_password: NEW };
    expect((await jar.post("/auth/password", body)).status).toBe(200);
    expect((await jar.post("/auth/refresh")).status).toBe(200);
  });

  it("withdraws an authenticator app that was not confirmed yet", async () => {
    const ada = await signUp();
    const { body } = await ada.post("/auth/totp", { password: ada.password });
    expect((await change(ada)).status).toBe(200);
    const late = await ada.post("/auth/totp/confirm", { code: codesOf(body.secret)() });
    expectProblem(late, 409, "no_second_factor");
    expect((await signIn(ada, NEW)).status).toBe(200);
  });

  it("requires the current one, and changes nothing without it", async () => {
    const ada = await signUp();
    const phone = await signInAgain(ada);
    expectProblem(await change(ada, NEW, "wrong password"), 401, "invalid_credentials");
    expectProblem(
      await ada.post("/auth/password", { new_password: NEW }),
      422,
      "validation_failed",
    );
    expect(await refreshStatus(phone)).toBe(200);
    expect((await signIn(ada, ada.password)).status).toBe(200);
  });

  it("follows the rules of a new password", async () => {
    const ada = await signUp("Konstantin Example");
    for (const next of ["seven77", "x".repeat(129), "Password123", "konstantin example"]) {
      expectProblem(await change(ada, next), 422, "validation_failed", "/new_password");
    }
    expectProblem(await change(ada, ada.user.email), 422, "validation_failed", "/new_password");
  });

  it("from several places at once succeeds once", async () => {
    const ada = await signUp();
    let count = 0;
    const responses = await atOnce(5, () => change(ada, `nine short candles ${count++}`));
    const statuses = responses.map(({ status }) => String(status)).toSorted();
    expect(statuses).toEqual(["200", "401", "401", "401", "401"]);
    const winner = responses.findIndex(({ status }) => status === 200);
    expect((await signIn(ada, `nine short candles ${winner}`)).status).toBe(200);
  });

  it("during a sign-in with the old one leaves no session of that sign-in", async () => {
    const ada = await signUp();
    const [changed, ...signedIn] = await Promise.all([
      change(ada),
      ...Array.from({ length: 5 }, () => signIn(ada, ada.password)),
    ]);
    expect(changed.status).toBe(200);
    for (const { body } of signedIn) {
      if (!body.refresh_token) continue;
      const given = { refresh_token: body.refresh_token };
      expectProblem(await anonymous().post("/auth/refresh", given), 401, "invalid_token");
    }
    const live = "SELECT id FROM sessions WHERE user_id = $1 AND ended_at IS NULL";
    expect(await query(live, [ada.user.id])).toHaveLength(1);
  });
});
