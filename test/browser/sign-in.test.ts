import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { expectText, newVisitor } from "../support/browser.ts";
import { type BrowserSite, startBrowserSite } from "../support/browser-site.ts";
import { signUp } from "../support/client.ts";
import { openSignedIn, openSignedOut, submitPassword } from "../support/frontend.ts";
import { newPerson } from "../support/oidc.ts";
import { enrol } from "../support/second-factor.ts";

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.close());

describe("a page on another port", () => {
  it("signs in by password, and stays signed in over a reload and in another tab", async () => {
    const visitor = await newVisitor();
    const ada = await signUp("Ada of the Page");
    const page = await openSignedIn(visitor, site, ada);
    await page.reload();
    await expectText(page, "#name", "Ada of the Page");
    await expectText(await visitor.open(site.app), "#name", "Ada of the Page");
  });

  it("gets a readable error for a wrong password, and no cookie of a session", async () => {
    const visitor = await newVisitor();
    visitor.expectErrors(/401 \(Unauthorized\).*\/auth\/login/);
    const { user } = await signUp();
    const page = await openSignedOut(visitor, site);
    await submitPassword(page, { user, password: "seven short lamps" });
    await expectText(page, "#problem", "invalid_credentials");
    expect(await visitor.cookiesOf(site.api)).toEqual({});
  });

  it("asks for the second factor", async () => {
    const visitor = await newVisitor();
    visitor.expectErrors(/401 \(Unauthorized\).*\/auth\/login/);
    const ada = await signUp("Ada with an App");
    const app = await enrol(ada);
    const page = await openSignedOut(visitor, site);
    await submitPassword(page, ada);
    const confirm = async (code: string) => {
      await page.getByLabel("Code").fill(code);
      await page.getByRole("button", { name: "Confirm" }).click();
    };
    // A code of tomorrow is wrong now.
    await confirm(app.code(2_880));
    await expectText(page, "#problem", "invalid_code");
    expect(await visitor.cookiesOf(site.api)).toEqual({});
    await confirm(app.code());
    await expectText(page, "#name", "Ada with an App");
  });

  it("signs in through the identity provider, which is another site, and comes back", async () => {
    const visitor = await newVisitor();
    newPerson(site.oidc, { name: "Olga of the Firm" });
    const page = await openSignedOut(visitor, site);
    await page.getByRole("link", { name: "Sign in with your firm" }).click();
    await page.waitForURL((url) => url.origin === site.oidc.issuer);
    await page.getByRole("link", { name: "Olga of the Firm" }).click();
    await expectText(page, "#name", "Olga of the Firm");
    expect(page.url()).toBe(site.app);
    const names = Object.keys(await visitor.cookiesOf(site.api));
    expect(names.toSorted()).toEqual(["access_token", "device", "refresh_token"]);
  });

  it("comes back with the error of a sign-in that was cancelled at the identity provider", async () => {
    const visitor = await newVisitor();
    const page = await openSignedOut(visitor, site);
    await page.getByRole("link", { name: "Sign in with your firm" }).click();
    await page.getByRole("link", { name: "Cancel" }).click();
    await page.locator("#sign-in").waitFor();
    expect(new URL(page.url()).searchParams.get("error")).toBe("sign_in_denied");
    expect(await visitor.cookiesOf(site.api)).toEqual({});
  });

  it("cannot read its cookies by script, nor from a response", async () => {
    const visitor = await newVisitor();
    const page = await openSignedIn(visitor, site, await signUp());
    const names = Object.keys(await visitor.cookiesOf(site.app));
    expect(names).toEqual(expect.arrayContaining(["access_token", "refresh_token", "device"]));
    expect(await page.evaluate(() => document.cookie)).toBe("");
    const refreshed = await page.evaluate(async (api) => {
      const init = { method: "POST", credentials: "include" } as const;
      const response = await fetch(`${api}/auth/refresh`, init);
      return { headers: [...response.headers.keys()], body: await response.json() };
    }, site.api);
    expect(refreshed.headers).not.toContain("set-cookie");
    expect(refreshed.body).toEqual({ expires_in: 900 });
  });

  it("signs out, in all tabs", async () => {
    const visitor = await newVisitor();
    const ada = await signUp();
    const page = await openSignedIn(visitor, site, ada);
    const other = await visitor.open(site.app);
    await expectText(other, "#name", ada.user.name);
    const before = await visitor.cookiesOf(site.api);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.locator("#sign-in").waitFor();
    await other.reload();
    await other.locator("#sign-in").waitFor();
    expect(Object.keys(await visitor.cookiesOf(site.api))).toEqual(["device"]);
    const replayed = await fetch(`${site.api}/auth/refresh`, {
      method: "POST",
      headers: {
        cookie: `refresh_token=${before.refresh_token}`,
        origin: new URL(site.app).origin,
      },
    });
    expect(replayed.status).toBe(401);
  });
});
