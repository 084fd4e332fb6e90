import { describe, expect, inject, it } from "vitest";
import type { Page } from "playwright-core";
import { expectAccessible, newAppVisitor } from "../../support/app-page.ts";
import { type SignedIn, signUp, signUpWithFiles } from "../../support/client.ts";
import { enrol, forgetCodes } from "../../support/second-factor.ts";

const origin = inject("platformUrl");

/** Refusals of a sign-in, which the browser reports. */
const REFUSED = /401 \(Unauthorized\).*\/auth\/login/;

async function signIn(page: Page, { user, password }: Pick<SignedIn, "user" | "password">) {
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

describe("the sign-in of the page", () => {
  it("says why it is refused, and keeps what was typed", async () => {
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(REFUSED);
    const { user } = await signUp();
    const page = await visitor.openApp();
    await signIn(page, { user, password: "something else" });
    await page
      .getByRole("alert")
      .getByText(/password/i)
      .waitFor();
    expect(await page.getByLabel("E-mail").inputValue()).toBe(user.email);
    await expectAccessible(page);
  });

  it("asks for the second factor, takes a recovery code, and signs out", async () => {
    const person = await signUpWithFiles();
    const app = await enrol(person);
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(REFUSED);
    const page = await visitor.openApp();
    await signIn(page, person);
    await page.getByLabel("Code of your authenticator app").fill(app.code());
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("What would you like to know?").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await forgetCodes(person);
    await signIn(page, person);
    await page.getByRole("button", { name: "Use a recovery code" }).click();
    await page.getByLabel("Recovery code").fill(app.recoveryCodes[0] ?? "");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("What would you like to know?").waitFor();
    expect(await page.getByText(person.user.name).count()).toBe(1);
  });

  it("is asked for again, without losing a draft, when the session has ended", async () => {
    const person = await signUpWithFiles();
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(/401 \(Unauthorized\)/);
    await visitor.signInAs(person);
    const page = await visitor.openApp();
    await page.getByLabel("Message", { exact: true }).fill("My draft");
    await visitor.context.clearCookies();
    await page.getByRole("searchbox", { name: "Search the chats" }).fill("any");
    await page.getByText("Your session has ended.").waitFor();
    await signIn(page, person);
    await expect
      .poll(() => page.getByLabel("Message", { exact: true }).inputValue())
      .toBe("My draft");
  });
});
