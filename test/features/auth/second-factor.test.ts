import { describe, expect, it } from "vitest";
import {
  anonymous,
  type ApiResponse,
  expectProblem,
  type SignedIn,
  signUp,
} from "../../support/client.ts";
import { Jar } from "../../support/jar.ts";
import { injectFault, query } from "../../support/postgres.ts";
import { eventsOf } from "../../support/security-events.ts";
import {
  type App,
  challengeOf,
  codesOf,
  enrol,
  forgetCodes,
  signInWith,
} from "../../support/second-factor.ts";

const nobody = anonymous();

const withOneWinner = [200, ...Array.from({ length: 19 }, () => "refused")];

function outcomes(responses: { status: number; body: { code?: string } }[]) {
  const refusals = new Set(["invalid_code", "too_many_codes"]);
  return responses
    .map(({ status, body }) => (refusals.has(body.code ?? "") ? "refused" : status))
    .toSorted((a, b) => String(a).localeCompare(String(b)));
}

describe("enrolment", () => {
  it("needs the password, and changes nothing before a code of the app confirms it", async () => {
    const ada = await signUp();
    expectProblem(await ada.post("/auth/totp", {}), 422, "validation_failed", "/password");
    const wrong = await ada.post("/auth/totp", { password: "seven tall ladders" });
    expectProblem(wrong, 401, "invalid_credentials");
    const { body } = await ada.post("/auth/totp", { password: ada.password });
    expect(body.otpauth_url).toContain(`secret=${body.secret}`);
    expect(body.secret).toMatch(/^[A-Z2-7]{32}$/);
    const login = { email: ada.user.email, password: ada.password };
    expect((await nobody.post("/auth/login", login)).status).toBe(200);
    const other = codesOf("GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    expectProblem(await ada.post("/auth/totp/confirm", { code: other() }), 401, "invalid_code");
    const confirmed = await ada.post("/auth/totp/confirm", { code: codesOf(body.secret)() });
    expect(confirmed.body.recovery_codes).toHaveLength(10);
    expect((await nobody.post("/auth/login", login)).body.code).toBe("second_factor_required");
  });

  it("can be begun again until it is confirmed, and not after", async () => {
    const ada = await signUp();
    const nothing = await ada.post("/auth/totp/confirm", { code: "123456" });
    expectProblem(nothing, 409, "no_second_factor");
    const begin = () => ada.post("/auth/totp", { password: ada.password });
    const first = codesOf((await begin()).body.secret);
    const second = codesOf((await begin()).body.secret);
    expectProblem(await ada.post("/auth/totp/confirm", { code: first() }), 401, "invalid_code");
    expect((await ada.post("/auth/totp/confirm", { code: second() })).status).toBe(200);
    const again = await ada.post("/auth/totp/confirm", { code: second(1) });
    expectProblem(again, 409, "no_second_factor");
    expectProblem(await begin(), 401, "second_factor_required");
  });

  it("is confirmed once, whoever of twenty is first", async () => {
    const ada = await signUp();
    const { body } = await ada.post("/auth/totp", { password: ada.password });
    const code = codesOf(body.secret)();
    const confirm = () => ada.post("/auth/totp/confirm", { code });
    const responses = await Promise.all(Array.from({ length: 20 }, confirm));
    expect(responses.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { body: refusal } of responses.filter(({ status }) => status !== 200)) {
      expect(["no_second_factor", "too_many_codes"]).toContain(refusal.code);
    }
    const [row] = await query("SELECT count(*) FROM recovery_codes WHERE user_id = $1", [
      ada.user.id,
    ]);
    expect(row?.count).toBe("10");
  });

  it("slows down whoever guesses the code of an app that is not theirs", async () => {
    const ada = await signUp();
    await ada.post("/auth/totp", { password: ada.password });
    const guess = () => ada.post("/auth/totp/confirm", { code: "000000" });
    for (let count = 0; count < 10; count++) expectProblem(await guess(), 401, "invalid_code");
    expectProblem(await guess(), 429, "too_many_codes");
  });

  it("stores neither the secret nor the recovery codes as they are", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const rows = await query(
      `SELECT f.secret, r.code_hash FROM second_factors f JOIN recovery_codes r USING (user_id)
       WHERE user_id = $1`,
      [ada.user.id],
    );
    expect(rows).toHaveLength(10);
    const stored = JSON.stringify(rows);
    expect(stored).not.toContain(app.secret);
    for (const code of app.recoveryCodes) {
      expect(stored).not.toContain(code);
      expect(stored).not.toContain(code.replaceAll("-", ""));
    }
  });
});

const currentStep = () => Math.floor(Date.now() / 30_000);

/** With the code of the step before, in two groups. Tries again where the step ended before the code arrived. */
async function signInWithEarlier(person: SignedIn, app: App): Promise<ApiResponse> {
  const step = currentStep();
  const code = app.code(-1).replace(/^.../, "$& ");
  const response = await signInWith(person, { code });
  const isLate = response.status !== 200 && currentStep() !== step;
  return isLate ? signInWithEarlier(person, app) : response;
}

describe("a sign-in with a second factor", () => {
  it("needs a code after the password, by cookie as by token", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const jar = new Jar();
    const login = { email: ada.user.email, password: ada.password };
    const first = await jar.post("/auth/login", login);
    expectProblem(first, 401, "second_factor_required");
    expect(jar.cookies.size).toBe(0);
    const { challenge } = first.body;
    const signedIn = await jar.post("/auth/login/totp", { challenge, code: app.code() });
    expect(signedIn.body.user.id).toBe(ada.user.id);
    expect((await jar.get("/users/me")).status).toBe(200);
    const wrong = { ...login, password: "seven tall ladders" };
    expectProblem(await nobody.post("/auth/login", wrong), 401, "invalid_credentials");
    expect(await eventsOf(ada)).toEqual(
      expect.arrayContaining(["second_factor_enabled", "signed_in"]),
    );
  });

  it("accepts clocks that differ by one step, and a code in two groups", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    expect((await signInWithEarlier(ada, app)).status).toBe(200);
    expect((await signInWith(ada, { code: app.code(1) })).status).toBe(200);
    await forgetCodes(ada);
    expectProblem(await signInWith(ada, { code: app.code(3) }), 401, "invalid_code");
    expectProblem(await signInWith(ada, { code: app.code(-3) }), 401, "invalid_code");
  });

  it("accepts no code twice, and none that is older than an accepted one", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const code = app.code(1);
    expect((await signInWith(ada, { code })).status).toBe(200);
    expectProblem(await signInWith(ada, { code }), 401, "invalid_code");
    expectProblem(await signInWith(ada, { code: app.code() }), 401, "invalid_code");
    expect(await eventsOf(ada)).toContain("second_factor_failed");
  });

  it("has exactly one winner among twenty with one code", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const challenge = await challengeOf(ada);
    const body = { challenge, code: app.code() };
    const attempts = Array.from({ length: 20 }, () => nobody.post("/auth/login/totp", body));
    expect(outcomes(await Promise.all(attempts))).toEqual(withOneWinner);
  });

  it("has exactly one winner among twenty with one recovery code", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const challenge = await challengeOf(ada);
    const body = { challenge, recovery_code: app.recoveryCodes[3] };
    const attempts = Array.from({ length: 20 }, () => nobody.post("/auth/login/totp", body));
    expect(outcomes(await Promise.all(attempts))).toEqual(withOneWinner);
    const used = (await eventsOf(ada)).filter((kind) => kind === "recovery_code_used");
    expect(used).toHaveLength(1);
  });

  it("accepts each recovery code once, and none of another account", async () => {
    const [ada, eve] = await Promise.all([signUp(), signUp()]);
    const [app, foreign] = await Promise.all([enrol(ada), enrol(eve)]);
    const [first = "", second = ""] = app.recoveryCodes;
    expect((await signInWith(ada, { recovery_code: first })).status).toBe(200);
    expectProblem(await signInWith(ada, { recovery_code: first }), 401, "invalid_code");
    const inCapitals = second.toUpperCase().replaceAll("-", "");
    expect((await signInWith(ada, { recovery_code: inCapitals })).status).toBe(200);
    const [other = ""] = foreign.recoveryCodes;
    expectProblem(await signInWith(ada, { recovery_code: other }), 401, "invalid_code");
    expectProblem(await signInWith(ada, { code: foreign.code() }), 401, "invalid_code");
  });

  it("slows guesses down and never locks the account", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const challenge = await challengeOf(ada);
    const guess = (code: string) => nobody.post("/auth/login/totp", { challenge, code });
    for (let count = 0; count < 10; count++) {
      expectProblem(await guess(app.code(40 + count)), 401, "invalid_code");
    }
    const refused = await guess(app.code());
    expectProblem(refused, 429, "too_many_codes");
    const wait = Number(refused.headers.get("retry-after"));
    expect(wait).toBeGreaterThan(0);
    expect(wait).toBeLessThanOrEqual(30);
    const waited = "UPDATE second_factors SET retry_at = now() WHERE user_id = $1 RETURNING checks";
    await query(waited, [ada.user.id]);
    expectProblem(await guess(app.code(50)), 401, "invalid_code");
    const longer = Number((await guess(app.code())).headers.get("retry-after"));
    expect(longer).toBeGreaterThan(30);
    await query("UPDATE second_factors SET checks = 1000000 WHERE user_id = $1", [ada.user.id]);
    await query(waited, [ada.user.id]);
    expectProblem(await guess(app.code(50)), 401, "invalid_code");
    const longest = Number((await guess(app.code())).headers.get("retry-after"));
    expect(longest).toBeLessThanOrEqual(15 * 60);
    await query(waited, [ada.user.id]);
    expect((await guess(app.code())).status).toBe(200);
    expect((await guess(app.code(1))).status).toBe(200);
  });

  it("succeeds once whichever response of Postgres was lost", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    for (const given of [{ code: app.code() }, { recovery_code: app.recoveryCodes[0] ?? "" }]) {
      for (let skip = 0; skip < 4; skip++) {
        const challenge = await challengeOf(ada);
        const lost = { kind: "sql_error_after_commit", code: "", times: 1 } as const;
        const restore = await injectFault({ contains: ada.user.id, skip, ...lost });
        const response = await nobody.post("/auth/login/totp", { challenge, ...given });
        await restore();
        expect(response.status).toBe(200);
        await forgetCodes(ada);
        const unused = "UPDATE recovery_codes SET used_at = NULL WHERE user_id = $1";
        await query(unused, [ada.user.id]);
      }
    }
    const used = (await eventsOf(ada)).filter((kind) => kind === "recovery_code_used");
    expect(used).toHaveLength(4);
  });

  it("needs either a code or a recovery code", async () => {
    const ada = await signUp();
    const app = await enrol(ada);
    const challenge = await challengeOf(ada);
    const both = { challenge, code: app.code(), recovery_code: app.recoveryCodes[0] };
    for (const body of [{ challenge }, both, { challenge, code: "" }]) {
      const response = await nobody.post("/auth/login/totp", body);
      expectProblem(response, 422, "validation_failed", "/code");
    }
  });
});
