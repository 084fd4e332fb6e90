import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { expectLooks } from "../../support/app-looks.ts";
import { newAppVisitor } from "../../support/app-page.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { downloadBy } from "../../support/downloads.ts";
import { codesOf, forgetCodes, signInWith } from "../../support/second-factor.ts";

const origin = inject("platformUrl");
const PATH = "/app/account/security";

const section = (page: Page) => page.getByRole("region", { name: "Second factor" });

/** Opens the account's security, signed in by its password. */
async function openSecurity(of: SignedIn): Promise<Page> {
  const visitor = await newAppVisitor(origin);
  visitor.expectErrors(/401 \(/);
  await visitor.signInAs(of);
  return visitor.openApp(PATH);
}

/** Begins the enrolment; resolves to the key that the page shows as text. */
async function beginIn(page: Page, { password }: SignedIn): Promise<string> {
  await section(page).getByLabel("Current password").fill(password);
  await section(page).getByRole("button", { name: "Set up an app" }).click();
  await section(page).getByRole("img", { name: "as a QR code" }).waitFor();
  return (await section(page).locator(".secret code").textContent()) ?? "";
}

/** Enrols an app in the page; resolves to its recovery codes. */
async function enrolIn(page: Page, of: SignedIn): Promise<{ secret: string; codes: string[] }> {
  const secret = await beginIn(page, of);
  await section(page).getByLabel("Code of the app").fill(codesOf(secret)());
  await section(page).getByRole("button", { name: "Turn on" }).click();
  const codes = section(page).getByRole("list", { name: "Recovery codes" }).getByRole("listitem");
  await expect.poll(() => codes.count()).toBe(10);
  return { secret, codes: await codes.allTextContents() };
}

/** Signs in on a page that asks for it, by a recovery code in place of the app. */
async function signInByCode(page: Page, { user, password }: SignedIn, code: string): Promise<void> {
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("button", { name: "Use a recovery code" }).click();
  await page.getByLabel("Recovery code").fill(code);
  await page.getByRole("button", { name: "Sign in" }).click();
}

describe("the second factor in the page", () => {
  it("is turned on with an app, opens the account by a recovery code, and is turned off by another", async () => {
    const ada = await signUp();
    const { codes } = await enrolIn(await openSecurity(ada), ada);
    const [first = "", second = ""] = codes;
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(/401 \(/);
    const page = await visitor.openApp(PATH);
    await signInByCode(page, ada, first);
    await section(page).getByText("On", { exact: true }).waitFor();
    await section(page).getByLabel("Current password").fill(ada.password);
    await section(page).getByLabel("Code").fill(second);
    await section(page).getByRole("button", { name: "Turn off" }).click();
    await section(page).getByText("Off", { exact: true }).waitFor();
    expect((await ada.get("/users/me")).body.has_second_factor).toBe(false);
  });

  it("shows the recovery codes once, to be kept in a file", async () => {
    const ada = await signUp();
    const page = await openSecurity(ada);
    const { codes } = await enrolIn(page, ada);
    const button = page.getByRole("button", { name: "Download the codes" });
    const { name, bytes } = await downloadBy(page, () => button.click());
    expect({ name, lines: bytes.toString().trim().split("\n") }).toEqual({
      name: "recovery-codes.txt",
      lines: codes,
    });
    await page.getByRole("button", { name: "I have kept them" }).click();
    await section(page).getByRole("button", { name: "Turn off" }).waitFor();
    expect(await page.content()).not.toContain(codes[0]);
    expect((await signInWith(ada, { recovery_code: codes[0] ?? "" })).status).toBe(200);
  });

  it("says at its field that a code is wrong, changes nothing, and takes the next one", async () => {
    const ada = await signUp();
    const page = await openSecurity(ada);
    const secret = await beginIn(page, ada);
    // A code of tomorrow is wrong now.
    await section(page).getByLabel("Code of the app").fill(codesOf(secret)(2_880));
    await section(page).getByRole("button", { name: "Turn on" }).click();
    await section(page).getByText("The code is wrong").waitFor();
    expect((await ada.get("/users/me")).body.has_second_factor).toBe(false);
    await section(page).getByLabel("Code of the app").fill(codesOf(secret)());
    await page.keyboard.press("Enter");
    await section(page).getByRole("list", { name: "Recovery codes" }).waitFor();
  });

  it("is asked for by every change that asks for the password", async () => {
    const ada = await signUp();
    const page = await openSecurity(ada);
    const { secret } = await enrolIn(page, ada);
    await forgetCodes(ada);
    await page.getByRole("button", { name: "I have kept them" }).click();
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByRole("button", { name: "Create a key" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("Nightly import");
    await dialog.getByLabel("Read").check();
    await dialog.getByLabel("Current password").fill(ada.password);
    await dialog.getByLabel("Code").fill(codesOf(secret)(2_880));
    await dialog.getByRole("button", { name: "Create the key" }).click();
    await dialog.getByText("The code is wrong").waitFor();
    await dialog.getByLabel("Code").fill(codesOf(secret)());
    await dialog.getByRole("button", { name: "Create the key" }).click();
    await dialog.locator(".secret code").waitFor();
    expect((await ada.get("/auth/keys")).body).toMatchObject([{ name: "Nightly import" }]);
  });

  it("looks right on a phone and a desk, in light and dark, while it is set up", async () => {
    const ada = await signUp();
    const page = await openSecurity(ada);
    await beginIn(page, ada);
    await expectLooks(page, "second-factor");
  });

  it("looks right on a phone and a desk, in light and dark, with its recovery codes", async () => {
    const ada = await signUp();
    const page = await openSecurity(ada);
    await enrolIn(page, ada);
    await expectLooks(page, "recovery-codes");
  });
});
