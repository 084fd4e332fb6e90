import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ADMIN_GROUP } from "../../../local/oidc.ts";
import { expectProblem, signUp } from "../../support/client.ts";
import { FRONTEND } from "../../support/jar.ts";
import { atProvider, Browser, locationOf, newPerson, PAGE, signInAt } from "../../support/oidc.ts";
import { errorOf, type OidcWorld, startOidcWorld } from "../../support/oidc-world.ts";
import { query } from "../../support/postgres.ts";
import { codesOf } from "../../support/second-factor.ts";
import { eventsOf } from "../../support/security-events.ts";

let world: OidcWorld;
let oidc: OidcWorld["oidc"];
let worker: OidcWorld["worker"];
let signedIn: OidcWorld["signedIn"];
beforeAll(async () => {
  world = await startOidcWorld();
  ({ oidc, worker, signedIn } = world);
});
afterAll(() => world.close());

describe("linking", () => {
  it("happens by a verified address where the account has no password", async () => {
    const person = newPerson(oidc);
    const { user } = await signedIn(person);
    const end = () =>
      signInAt(worker.url, {
        person: newPerson(oidc, { email: user.email.toUpperCase() }),
        query: { return_to: PAGE },
      });
    // The address has got another owner at the provider.
    expect(errorOf(await end())).toBe("link_required");
    await query("DELETE FROM identities WHERE user_id = $1", [user.id]);
    const unverified = await signInAt(worker.url, {
      person: newPerson(oidc, { email: user.email, email_verified: false }),
      query: { return_to: PAGE },
    });
    expect(errorOf(unverified)).toBe("link_required");
    expect(errorOf(await end())).toBe("none");
    const [row] = await query("SELECT count(*) FROM identities WHERE user_id = $1", [user.id]);
    expect(row?.count).toBe("1");
  });

  it("never opens an account with a password, nor one whose own address is not verified", async () => {
    const ada = await signUp("Ada", worker.url);
    const person = newPerson(oidc, { email: ada.user.email });
    const attempt = () => signInAt(worker.url, { person, query: { return_to: PAGE } });
    expect(errorOf(await attempt())).toBe("link_required");
    await query("UPDATE users SET email_verified = true WHERE id = $1", [ada.user.id]);
    expect(errorOf(await attempt())).toBe("link_required");
    await query("UPDATE users SET email_verified = false, hashed_password = NULL WHERE id = $1", [
      ada.user.id,
    ]);
    expect(errorOf(await attempt())).toBe("link_required");
  });

  it("by the person needs the password, an own page, and the browser that asked", async () => {
    const ada = await signUp("Ada", worker.url);
    const person = newPerson(oidc);
    const link = (body: object) => ada.post("/auth/oidc/link", body);
    expect((await ada.get("/users/me")).body.identity_provider).toBe("not_linked");
    expectProblem(await link({}), 422, "validation_failed", "/password");
    expectProblem(await link({ password: "seven tall ladders" }), 401, "invalid_credentials");
    const { password } = ada;
    const foreign = await link({ password, return_to: "https://evil.example/" });
    expectProblem(foreign, 422, "validation_failed", "/return_to");
    const browser = new Browser();
    const begun = await browser.open(`${worker.url}/auth/oidc/link`, {
      method: "POST",
      headers: {
        authorization: `Bearer ${ada.accessToken}`,
        "content-type": "application/json",
      },
      body: JSON.stringify({ password, return_to: PAGE }),
    });
    const { authorization_url: url } = (await begun.json()) as { authorization_url: string };
    const callback = await atProvider(browser, url, person);
    expect((await new Browser().open(callback)).status).toBe(400);
    expect(locationOf(await browser.open(callback))).toBe(PAGE);
    expect(browser.cookiesOf(worker.url)).toEqual([]);
    const linked = await signedIn(person);
    expect(linked.user.id).toBe(ada.user.id);
    expect((await linked.get("/users/me")).body.identity_provider).toBe("linked");
    expect(await eventsOf(ada)).toContain("identity_linked");
  });

  it("refuses an identity of another account, and a session that has ended", async () => {
    const linkAs = async (person: string, end?: (of: { user: { id: string } }) => unknown) => {
      const eve = await signUp("Eve", worker.url);
      const browser = new Browser();
      const begun = await browser.open(`${worker.url}/auth/oidc/link`, {
        method: "POST",
        headers: {
          authorization: `Bearer ${eve.accessToken}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ password: eve.password, return_to: PAGE }),
      });
      const { authorization_url: url } = (await begun.json()) as { authorization_url: string };
      await end?.(eve);
      return errorOf(await browser.open(await atProvider(browser, url, person)));
    };
    const taken = newPerson(oidc);
    await signedIn(taken);
    expect(await linkAs(taken)).toBe("identity_taken");
    const signOut = ({ user }: { user: { id: string } }) =>
      query("UPDATE sessions SET ended_at = now() WHERE user_id = $1", [user.id]);
    expect(await linkAs(newPerson(oidc), signOut)).toBe("identity_taken");
  });

  it("by cookie needs an allowed page", async () => {
    const browser = new Browser();
    await signInAt(worker.url, { browser, person: newPerson(oidc) });
    const link = (origin: string) =>
      browser.open(`${worker.url}/auth/oidc/link`, {
        method: "POST",
        headers: { origin, "content-type": "application/json" },
        body: "{}",
      });
    expect((await link("https://evil.example")).status).toBe(403);
    expect((await link(FRONTEND)).status).toBe(200);
  });
});

describe("the second factor of an account at the provider", () => {
  it("is not asked for at its sign-in, and is at changes", async () => {
    const person = newPerson(oidc);
    const of = await signedIn(person);
    const { body } = await of.post("/auth/totp", {});
    const code = codesOf(body.secret);
    expect((await of.post("/auth/totp/confirm", { code: code() })).status).toBe(200);
    const again = await signedIn(person);
    expectProblem(await again.delete("/users/me", {}), 401, "second_factor_required");
    expect((await again.delete("/users/me", { code: code(1) })).status).toBe(204);
  });
});

describe("the role of an account", () => {
  const roleOf = async (id: string) =>
    (await query("SELECT role FROM users WHERE id = $1", [id]))[0]?.role;

  it("follows the groups at each sign-in, and each change is recorded", async () => {
    const person = newPerson(oidc, { groups: ["others", ADMIN_GROUP] });
    const first = await signedIn(person);
    expect(await roleOf(first.user.id)).toBe("admin");
    await signedIn(person);
    const claims = oidc.people.get(person);
    if (claims) oidc.people.set(person, { ...claims, groups: ["others"] });
    await signedIn(person);
    expect(await roleOf(first.user.id)).toBe("user");
    const changes = (await eventsOf(first)).filter((kind) => kind === "role_changed");
    expect(changes).toHaveLength(2);
  });
});
