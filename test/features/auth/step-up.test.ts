import { describe, expect, it } from "vitest";
import { anonymous, expectProblem, signUp } from "../../support/client.ts";
import { callsContaining, countCalls, injectFault, query } from "../../support/postgres.ts";
import { boxesAt, challengeOf, codesOf, enrol } from "../../support/second-factor.ts";
import { eventsOf } from "../../support/security-events.ts";
import { signInAgain } from "../../support/sessions.ts";
import { until } from "../../support/until.ts";

const nobody = anonymous();

describe("a challenge", () => {
  const continueWith = (challenge: string, code: string) =>
    nobody.post("/auth/login/totp", { challenge, code });

  it("is refused when it is changed, expired, of another secret, or another purpose's token", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const value = { userId: ada.user.id, passwordVersion: -1 };
    const MINUTE = 60_000;
    const challenge = await challengeOf(ada);
    const sealed = await Promise.all([
      boxesAt(-6 * MINUTE).challenge.issue(value),
      boxesAt(0, "another secret that is long enough, too").challenge.issue(value),
      boxesAt(0).challenge.issue(value),
      boxesAt(0).totpSecret.seal(JSON.stringify({ value, expires: Date.now() + MINUTE })),
    ]);
    const forged = [
      ...sealed,
      challenge.slice(0, -2),
      `A${challenge}`,
      ada.accessToken,
      ada.refreshToken,
      "x",
    ];
    for (const each of forged) {
      expectProblem(await continueWith(each, app.code()), 401, "invalid_challenge");
    }
    expect((await continueWith(challenge, app.code())).status).toBe(200);
  });

  it("signs in nowhere else", async () => {
    const ada = await signUp();
    await enrol(ada);
    const challenge = await challengeOf(ada);
    const asRefresh = await nobody.post("/auth/refresh", { refresh_token: challenge });
    expectProblem(asRefresh, 401, "invalid_token");
    const asAccess = await nobody.get("/users/me", { authorization: `Bearer ${challenge}` });
    expectProblem(asAccess, 401, "invalid_token");
  });

  it("is void once the password has changed, the account is disabled or deleted", async () => {
    for (const change of [
      "UPDATE users SET password_version = password_version + 1 WHERE id = $1",
      "UPDATE users SET is_active = false WHERE id = $1",
    ]) {
      const ada = await signUp();
      const app = await enrol(ada);
      const challenge = await challengeOf(ada);
      await query(change, [ada.user.id]);
      expectProblem(await continueWith(challenge, app.code()), 401, "invalid_challenge");
    }
    const ada = await signUp();
    const app = await enrol(ada);
    const challenge = await challengeOf(ada);
    await ada.delete("/users/me", { password: ada.password, code: app.code() });
    expectProblem(await continueWith(challenge, app.code()), 401, "invalid_challenge");
  });
});

describe("step-up", () => {
  it("asks for the code too, for a new e-mail address and for erasure", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const email = `new.${crypto.randomUUID()}@example.com`;
    const change = (code?: string) =>
      ada.patch("/users/me", { email, current_password: ada.password, code });
    const erase = (code?: string) => ada.delete("/users/me", { password: ada.password, code });
    for (const attempt of [change, erase]) {
      expectProblem(await attempt(), 401, "second_factor_required");
      expectProblem(await attempt("123"), 401, "invalid_code");
    }
    expect((await change(app.code())).body.pending_email).toBe(email);
    expectProblem(await erase(app.code()), 401, "invalid_code");
    expect((await erase(app.recoveryCodes[0])).status).toBe(204);
  });

  it("refuses the access token of an ended session, whatever it proves", async () => {
    const ada = await signUp();
    const phone = await signInAgain(ada);
    const { password } = ada;
    const { body: begun } = await phone.post("/auth/totp", { password });
    expect((await ada.delete("/auth/sessions")).status).toBe(204);
    const email = `new.${crypto.randomUUID()}@example.com`;
    for (const refused of [
      await phone.post("/auth/password", {
        current_password: password,
        new_password: "nine short candles",
      }),
      await phone.post("/auth/keys", { name: "A", scopes: ["read"], password }),
      await phone.post("/auth/totp", { password }),
      await phone.post("/auth/totp/confirm", { code: codesOf(begun.secret)() }),
      await phone.patch("/users/me", { email, current_password: password }),
      await phone.delete("/users/me", { password }),
    ]) {
      expectProblem(refused, 401, "invalid_token");
    }
    expect((await ada.post("/auth/totp", { password })).status).toBe(200);
  });

  it("takes one trip to Postgres before the change", async () => {
    const ada = await signUp();
    await query("UPDATE users SET hashed_password = NULL WHERE id = $1", [ada.user.id]);
    const change = () => ada.patch("/users/me", { email: "new@example.com" });
    expect(await countCalls(ada.user.id, change)).toBe(1);
  });

  it("asks for nothing where nothing needs it", async () => {
    const ada = await signUp();
    await enrol(ada);
    expect((await ada.patch("/users/me", { name: "Ada" })).status).toBe(200);
  });

  it("of an account without a password is a fresh sign-in through the identity provider", async () => {
    const ada = await signUp();
    await query("UPDATE users SET hashed_password = NULL WHERE id = $1", [ada.user.id]);
    const email = `new.${crypto.randomUUID()}@example.com`;
    const change = () => ada.patch("/users/me", { email });
    expectProblem(await change(), 403, "fresh_sign_in_required");
    const since = (minutes: number) =>
      query(
        `UPDATE sessions SET method = 'oidc', created_at = now() - make_interval(mins => $2)
         WHERE user_id = $1`,
        [ada.user.id, minutes],
      );
    await since(11);
    expectProblem(await change(), 403, "fresh_sign_in_required");
    await since(9);
    expect((await change()).body.pending_email).toBe(email);
    const withPassword = await ada.patch("/users/me", { email, current_password: ada.password });
    expect(withPassword.status).toBe(200);
  });
});

describe("disabling the second factor", () => {
  it("needs the password and a code, and ends what it asked for", async () => {
    const ada = await signUp();
    const disable = (body: object) => ada.delete("/auth/totp", body);
    const { password } = ada;
    expectProblem(await disable({ password }), 409, "no_second_factor");
    const app = await enrol(ada);
    expectProblem(await disable({ password }), 401, "second_factor_required");
    const wrong = { password: "seven tall ladders", code: app.code() };
    expectProblem(await disable(wrong), 401, "invalid_credentials");
    expect((await disable({ password, code: app.code() })).status).toBe(200);
    const login = { email: ada.user.email, password };
    expect((await nobody.post("/auth/login", login)).status).toBe(200);
    expect(await eventsOf(ada)).toContain("second_factor_disabled");
    await enrol(ada);
  });

  it("happens once, and is recorded once, of two at the same time", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const slow = `slow/${crypto.randomUUID()}`;
    const { password } = ada;
    await injectFault({ contains: slow, times: 1, kind: "delay", delayMs: 2_000 });
    const second = ada.delete("/auth/totp", { password, code: app.code() }, { "user-agent": slow });
    await until(async () => (await callsContaining(slow)).length === 1);
    const first = await ada.delete("/auth/totp", { password, code: app.recoveryCodes[0] });
    // On a busy machine the delayed one may be first.
    const [done, refused] = [first, await second].toSorted((a, b) => a.status - b.status);
    expect(done?.status).toBe(200);
    if (!refused) throw new Error("There is one response.");
    expectProblem(refused, 409, "no_second_factor");
    const events = await eventsOf(ada);
    expect(events.filter((kind) => kind === "second_factor_disabled")).toHaveLength(1);
  });
});
