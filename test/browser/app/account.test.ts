import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { expectLooks } from "../../support/app-looks.ts";
import { type AppVisitor, newAppVisitor } from "../../support/app-page.ts";
import { anonymous, bearer, type SignedIn, signUp } from "../../support/client.ts";
import { NEW_PASSWORD } from "../../support/logs/secrets.ts";
import { refreshStatus } from "../../support/sessions.ts";

const origin = inject("platformUrl");

/** The browser reports each refused proof. */
const REFUSED = /40[19] \(|422 \(|429 \(/;

async function openAccount(
  of: SignedIn,
  path = "/app/account",
): Promise<{ visitor: AppVisitor; page: Page }> {
  const visitor = await newAppVisitor(origin);
  visitor.expectErrors(REFUSED);
  await visitor.signInAs(of);
  return { visitor, page: await visitor.openApp(path) };
}

const region = (page: Page, name: string) => page.getByRole("region", { name });

/** As the browser does when the access token has expired, up to 15 minutes later. */
async function expireAccess({ context }: AppVisitor): Promise<void> {
  await context.clearCookies({ name: "access_token" });
}

/** The name of the field that has the focus. */
const focused = (page: Page) => page.evaluate("document.activeElement.getAttribute('name')");

describe("the profile", () => {
  it("changes the name everywhere on the page", async () => {
    const ada = await signUp();
    const { page } = await openAccount(ada);
    await page.getByRole("textbox", { name: "Name" }).fill("Ada of the Page");
    await page.getByRole("button", { name: "Change name" }).click();
    await page.getByText("Your name was changed.").waitFor();
    await page.locator(".who-name", { hasText: "Ada of the Page" }).waitFor();
    expect((await ada.get("/users/me")).body.name).toBe("Ada of the Page");
  });

  it("says at the field what is wrong with it, moves the focus there, and stays signed in", async () => {
    const { page } = await openAccount(await signUp());
    const email = `eve.${crypto.randomUUID()}@example.com`;
    const form = region(page, "E-mail address");
    await form.getByLabel("New e-mail address").fill(email);
    await form.getByLabel("Current password").fill("seven short lamps");
    await form.getByRole("button", { name: "Change address" }).click();
    await form.getByText("the password is wrong").waitFor();
    await expect.poll(() => focused(page)).toBe("current_password");
    await form.getByLabel("Current password").fill((await signUp()).password);
    await page.keyboard.press("Enter");
    await form.getByText(`${email} replaces it once you follow the link`).waitFor();
    await form.getByText("Not verified").waitFor();
    await form.getByRole("button", { name: "Send the mail again" }).click();
    await page.getByText("A mail is on its way.", { exact: true }).waitFor();
  });
});

describe("the password", () => {
  it("is changed once however often the button is clicked, and signs out all other devices", async () => {
    const ada = await signUp();
    const { page } = await openAccount(ada, "/app/account/security");
    const sent: string[] = [];
    page.on("request", (request) => request.method() === "POST" && sent.push(request.url()));
    const form = region(page, "Password");
    await form.getByLabel("Current password").fill(ada.password);
    await form.getByLabel("New password").fill(NEW_PASSWORD);
    await form.getByRole("button", { name: "Change password" }).dblclick();
    await page.getByText("Your other devices are signed out").waitFor();
    expect(sent).toEqual([origin + "/auth/password"]);
    expect(await refreshStatus(ada)).toBe(401);
    const { email } = ada.user;
    const signIn = await anonymous().post("/auth/login", { email, password: NEW_PASSWORD });
    expect(signIn.status).toBe(200);
  });

  it("is refused where it is easy to guess, at its field", async () => {
    const ada = await signUp();
    const { page } = await openAccount(ada, "/app/account/security");
    const form = region(page, "Password");
    await form.getByLabel("Current password").fill(ada.password);
    await form.getByLabel("New password").fill("password123");
    await form.getByRole("button", { name: "Change password" }).click();
    await expect.poll(() => focused(page)).toBe("new_password");
    expect(await form.getByLabel("New password").getAttribute("aria-invalid")).toBe("true");
  });
});

describe("devices", () => {
  it("are signed out one by one: the page of another browser asks to sign in again", async () => {
    const ada = await signUp();
    const other = await openAccount(ada, "/app/usage");
    await other.page.getByRole("heading", { name: "Usage", level: 1 }).waitFor();
    const { page } = await openAccount(ada, "/app/account/devices");
    const devices = page.getByRole("list", { name: "Devices" }).getByRole("listitem");
    // That of this page, of the other, and of signing up.
    await expect.poll(() => devices.count()).toBe(3);
    const second = devices.nth(1);
    expect(await devices.nth(0).textContent()).toContain("This device");
    await second.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await expect.poll(() => devices.count()).toBe(2);
    await expireAccess(other.visitor);
    await other.page.getByRole("button", { name: "By model" }).click();
    await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.reload();
    await expect.poll(() => devices.count()).toBe(2);
  });

  it("are signed out all at once, but for this one", async () => {
    const ada = await signUp();
    const { page } = await openAccount(ada, "/app/account/devices");
    await page.getByRole("button", { name: "Sign out all other devices" }).click();
    await page.getByRole("button", { name: "Sign out all others" }).click();
    await page.getByText("All other devices are signed out.").waitFor();
    expect(await refreshStatus(ada)).toBe(401);
    await page.getByRole("button", { name: "Sign out this device" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

describe("API keys", () => {
  it("are created in the page, work for a program, are limited, and stop when they are revoked", async () => {
    const ada = await signUp();
    const { page } = await openAccount(ada, "/app/account/keys");
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Nightly import");
    await dialog.getByLabel("Current password").fill(ada.password);
    await dialog.getByRole("button", { name: "Create the key" }).click();
    // Without a scope.
    await dialog.locator(".field-error").waitFor();
    await dialog.getByLabel("Read").check();
    await dialog.getByText("Limits of its own").click();
    await dialog.getByLabel("US dollars").last().fill("12.5");
    await dialog.getByRole("button", { name: "Create the key" }).click();
    const key = (await dialog.locator(".secret code").textContent()) ?? "";
    const program = bearer(key, origin);
    expect((await program.get("/users/me")).body.id).toBe(ada.user.id);
    await dialog.getByRole("button", { name: "Done" }).click();
    const row = page.getByRole("list", { name: "API keys" }).getByRole("listitem");
    await row.getByText("Limits: $12.50 a month").waitFor();
    expect(await page.content()).not.toContain(key);
    await row.getByRole("button", { name: "Change Nightly import" }).click();
    await dialog.getByLabel("Name").fill("Import");
    await dialog.getByLabel("Tokens").first().fill("5000");
    await dialog.getByLabel("US dollars").last().fill("");
    await dialog.getByRole("button", { name: "Change the key" }).click();
    await row.getByText("Limits: 5,000 tokens a day").waitFor();
    await row.getByRole("button", { name: "Revoke Import" }).click();
    await page.getByRole("button", { name: "Revoke the key" }).click();
    await page.getByText("No keys").waitFor();
    expect((await program.get("/users/me")).status).toBe(401);
  });
});

describe("security events", () => {
  it("are listed newest first, more of them on request", async () => {
    const ada = await signUp();
    const { password, user } = ada;
    for (let count = 0; count < 26; count++) {
      const signIn = await anonymous().post("/auth/login", { email: user.email, password });
      expect(signIn.status).toBe(200);
    }
    const { page } = await openAccount(ada, "/app/account/events");
    const rows = page.getByRole("region", { name: "Security events" }).last().getByRole("row");
    await expect.poll(() => rows.count()).toBe(26);
    expect(await rows.nth(1).textContent()).toContain("Signed in");
    await page.getByRole("button", { name: "Show more" }).click();
    await page.getByText("Account created").waitFor();
  });
});

describe("each part of the account", () => {
  it.each(["", "/security", "/devices", "/keys", "/events", "/data"])(
    "looks right on a phone and a desk, in light and dark: %s",
    async (part) => {
      const { page } = await openAccount(await signUp(), `/app/account${part}`);
      await page.getByRole("heading", { level: 2 }).first().waitFor();
      await expectLooks(page, `account${part.replace("/", "-")}`);
    },
  );
});
