import { createHash, randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { anonymous, expectProblem } from "../../support/client.ts";
import { atProvider, Browser, locationOf, newPerson, PAGE, signInAt } from "../../support/oidc.ts";
import { errorOf, type OidcWorld, startOidcWorld } from "../../support/oidc-world.ts";
import { query } from "../../support/postgres.ts";
import { eventsOf } from "../../support/security-events.ts";

let world: OidcWorld;
let oidc: OidcWorld["oidc"];
let worker: OidcWorld["worker"];
let exchange: OidcWorld["exchange"];
let codeOf: OidcWorld["codeOf"];
let signedIn: OidcWorld["signedIn"];
beforeAll(async () => {
  world = await startOidcWorld();
  ({ oidc, worker, exchange, codeOf, signedIn } = world);
});
afterAll(() => world.close());

describe("a sign-in through the identity provider", () => {
  it("sets the cookies, and sends the browser back to its page", async () => {
    const browser = new Browser();
    const person = newPerson(oidc);
    const end = await signInAt(worker.url, { browser, person, query: { return_to: PAGE } });
    expect(locationOf(end)).toBe(PAGE);
    expect(browser.cookiesOf(worker.url).toSorted()).toEqual([
      "access_token",
      "device",
      "refresh_token",
    ]);
    const me = await browser.open(`${worker.url}/users/me`);
    expect(await me.json()).toMatchObject({
      name: "Olga Example",
      email: oidc.people.get(person)?.email,
      email_verified: true,
    });
    for (const cookie of end.headers.getSetCookie().filter((each) => !/max-age=0/i.test(each))) {
      expect(cookie).toMatch(/HttpOnly/i);
      expect(cookie).toMatch(/SameSite=Lax/i);
    }
  });

  it("goes to the start page, or an own path, where the client names no page", async () => {
    const start = await signInAt(worker.url, { person: newPerson(oidc) });
    expect(locationOf(start)).toBe(`${worker.url}/`);
    const own = await signInAt(worker.url, {
      person: newPerson(oidc),
      query: { return_to: "/docs?from=sign-in#top" },
    });
    expect(locationOf(own)).toBe(`${worker.url}/docs?from=sign-in#top`);
  });

  it("opens the same account again, whatever its address has become", async () => {
    const person = newPerson(oidc);
    const first = await signedIn(person);
    oidc.people.set(person, {
      email: `new.${person}@firm.example`,
      email_verified: false,
      name: "Olga",
      groups: [],
    });
    const second = await signedIn(person);
    expect(second.user).toEqual(first.user);
    expect(await eventsOf(first)).toEqual([
      "account_created",
      "identity_linked",
      "signed_in",
      "signed_in",
    ]);
  });

  it("creates one account when two tabs sign in for the first time at once", async () => {
    const person = newPerson(oidc);
    const codes = await Promise.all([codeOf(person), codeOf(person), codeOf(person)]);
    const users = await Promise.all(
      codes.map(async (code) => (await exchange({ code })).body.user),
    );
    expect(new Set(users.map(({ id }) => id)).size).toBe(1);
  });

  it("works in several tabs of one browser at once, and bounds its cookies", async () => {
    const browser = new Browser();
    const person = newPerson(oidc);
    const start = `${worker.url}/auth/oidc/start?return_to=${encodeURIComponent(PAGE)}`;
    const first = locationOf(await browser.open(start));
    const second = locationOf(await browser.open(start));
    const callback = await atProvider(browser, second, person);
    expect(locationOf(await browser.open(callback))).toBe(PAGE);
    const other = await atProvider(browser, first, person);
    expect(locationOf(await browser.open(other))).toBe(PAGE);
    for (let count = 0; count < 12; count++) await browser.open(start);
    const flows = browser.cookiesOf(worker.url).filter((name) => name.startsWith("oidc_"));
    expect(flows).toHaveLength(5);
  });

  it("reports a cancelled one to the page, or as a problem", async () => {
    const end = await signInAt(worker.url, { person: undefined, query: { return_to: PAGE } });
    expect(locationOf(end)).toBe(`${PAGE}?error=sign_in_denied`);
    const plain = await signInAt(worker.url, { person: undefined });
    expect(plain.status).toBe(403);
    expect(await plain.json()).toMatchObject({ code: "sign_in_denied" });
  });

  it("is a fresh sign-in for what an account without a password changes", async () => {
    const { user, delete: erase } = await signedIn(newPerson(oidc));
    expect((await erase("/users/me", {})).status).toBe(204);
    expect(await query("SELECT id FROM users WHERE id = $1", [user.id])).toEqual([]);
  });

  it("is refused where no provider is configured", async () => {
    const response = await anonymous().get("/auth/oidc/start");
    expectProblem(response, 404, "oidc_not_configured");
  });

  it("refuses a deactivated account", async () => {
    const person = newPerson(oidc);
    const { user } = await signedIn(person);
    const code = await codeOf(person);
    await query("UPDATE users SET is_active = false WHERE id = $1", [user.id]);
    expectProblem(await exchange({ code }), 403, "account_deactivated");
    const end = await signInAt(worker.url, { person, query: { return_to: PAGE } });
    expect(errorOf(end)).toBe("account_deactivated");
  });

  it("needs an e-mail address for the account", async () => {
    const end = await signInAt(worker.url, {
      person: newPerson(oidc, { email: "" }),
      query: { return_to: PAGE },
    });
    expect(errorOf(end)).toBe("identity_without_email");
  });
});

describe("the state of a sign-in", () => {
  const begin = async (browser: Browser) =>
    locationOf(await browser.open(`${worker.url}/auth/oidc/start`));

  it("belongs to the browser that began, and is used once", async () => {
    const [victim, attacker] = [new Browser(), new Browser()];
    const callback = await atProvider(attacker, await begin(attacker), newPerson(oidc));
    const stolen = await victim.open(callback);
    expect(stolen.status).toBe(400);
    expect(await stolen.json()).toMatchObject({ code: "sign_in_expired" });
    expect(victim.cookiesOf(worker.url)).toEqual([]);
    const replaying = attacker.copy();
    expect((await attacker.open(callback)).status).toBe(302);
    expect((await attacker.open(callback)).status).toBe(400);
    // The provider accepts its own code once.
    expect((await replaying.open(callback)).status).toBe(401);
  });

  it("is neither invented, nor exchanged, nor left out, and its cookie is not forged", async () => {
    const browser = new Browser();
    const [first, second] = [await begin(browser), await begin(browser)];
    const callback = new URL(await atProvider(browser, first, newPerson(oidc)));
    const otherState = new URL(second).searchParams.get("state") ?? "";
    const state = callback.searchParams.get("state") ?? "";
    const tries: [string | undefined, string | undefined][] = [
      ["invented", undefined],
      [undefined, undefined],
      [state, `oidc_${state.slice(0, 16)}=forged`],
      [`${state.slice(0, 16)}${"x".repeat(27)}`, undefined],
    ];
    for (const [given, cookie] of tries) {
      const url = new URL(callback);
      url.searchParams.delete("state");
      if (given !== undefined) url.searchParams.set("state", given);
      const init = cookie === undefined ? {} : { headers: { cookie } };
      const response =
        cookie === undefined ? await browser.copy().open(url.href) : await fetch(url, init);
      expect(response.status, given).toBe(400);
    }
    const crossed = new URL(callback);
    crossed.searchParams.set("state", otherState);
    const response = await browser.open(crossed.href);
    expect(response.status).toBe(401);
    expect(await response.json()).toMatchObject({ code: "identity_rejected" });
  });

  it("is kept in a cookie that reveals nothing and that scripts cannot read", async () => {
    const response = await fetch(`${worker.url}/auth/oidc/start`, { redirect: "manual" });
    const [cookie = ""] = response.headers.getSetCookie();
    expect(cookie).toMatch(/^oidc_[\w-]{16}=[\w-]+; Max-Age=600; Path=\/; HttpOnly; SameSite=Lax$/);
    const url = new URL(locationOf(response));
    expect(url.searchParams.get("code_challenge_method")).toBe("S256");
    for (const name of ["state", "nonce", "code_challenge"]) {
      expect(url.searchParams.get(name)).toMatch(/^[\w-]{43}$/);
    }
  });
});

describe("the code of an API client", () => {
  it("is exchanged once, whoever of twenty is first", async () => {
    const code = await codeOf(newPerson(oidc));
    const tries = Array.from({ length: 20 }, () => exchange({ code }));
    const statuses = (await Promise.all(tries)).map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    expect(statuses.filter((status) => status === 401)).toHaveLength(19);
  });

  it("is given as JSON where the client names no page, and sets no cookie", async () => {
    const browser = new Browser();
    const person = newPerson(oidc);
    const end = await signInAt(worker.url, { browser, person, query: { mode: "code" } });
    expect(end.status).toBe(200);
    const { code, expires_in: seconds } = (await end.json()) as Record<string, unknown>;
    expect(seconds).toBe(60);
    expect(browser.cookiesOf(worker.url)).toEqual([]);
    const { body, headers } = await exchange({ code });
    expect(body.user.email).toBe(oidc.people.get(person)?.email);
    expect(headers.getSetCookie()).toEqual([]);
  });

  it("goes to a loopback address for a native client, with its own challenge", async () => {
    const verifier = randomBytes(32).toString("base64url");
    const challenge = createHash("sha256").update(verifier).digest("base64url");
    const person = newPerson(oidc);
    const native = { return_to: "http://127.0.0.1:51004/done", code_challenge: challenge };
    const code = await codeOf(person, native);
    expectProblem(await exchange({ code }), 401, "invalid_sign_in_code");
    const wrong = { code, code_verifier: randomBytes(32).toString("base64url") };
    expectProblem(await exchange(wrong), 401, "invalid_sign_in_code");
    expectProblem(await exchange({ code, code_verifier: challenge }), 401, "invalid_sign_in_code");
    expect((await exchange({ code, code_verifier: verifier })).status).toBe(200);
  });

  it("is refused when it has expired or is invented, and stored as a hash", async () => {
    const code = await codeOf(newPerson(oidc));
    const hash = createHash("sha256").update(code).digest("base64url");
    const expire =
      "UPDATE sign_in_codes SET expires_at = now() WHERE code_hash = $1 RETURNING user_id";
    expect(await query(expire, [hash])).toHaveLength(1);
    for (const each of [code, hash, "x"]) {
      expectProblem(await exchange({ code: each }), 401, "invalid_sign_in_code");
    }
  });
});
