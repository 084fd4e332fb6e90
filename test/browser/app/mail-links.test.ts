import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  changeEmail,
  type MailedAccounts,
  me,
  newAddress,
  startMailedAccounts,
} from "../../support/accounts.ts";
import { expectLooks } from "../../support/app-looks.ts";
import { type AppVisitor, newAppVisitor } from "../../support/app-page.ts";
import type { SignedIn } from "../../support/client.ts";
import { NEW_PASSWORD } from "../../support/logs/secrets.ts";
import { pathIn, waitForMails } from "../../support/mail.ts";
import { query } from "../../support/postgres.ts";

let accounts: MailedAccounts;
beforeAll(async () => {
  accounts = await startMailedAccounts();
});
afterAll(() => accounts.worker.close());

/** The browser reports refused links, passwords and addresses. */
const REFUSED = /401 \(|409 \(|422 \(/;

async function newBrowser(): Promise<AppVisitor> {
  const visitor = await newAppVisitor(accounts.worker.url);
  visitor.expectErrors(REFUSED);
  return visitor;
}

/** Where the link leads in the newest of this many mails to an address. */
const pathOfMail = async (address: string, count: number) =>
  pathIn((await waitForMails(address, count)).at(-1));

/** Where the link of a mail leads that a person without other mails has asked for. */
async function resetPath({ user }: SignedIn): Promise<string> {
  await accounts.forgot(user.email);
  return pathOfMail(user.email, 1);
}

/** What the page says about a link of no use. */
const REFUSED_LINK = "The link is invalid, was used already or has expired. Ask for a new one.";

const expire = ({ user }: SignedIn) =>
  query("UPDATE email_tokens SET expires_at = now() WHERE user_id = $1", [user.id]);

async function setPassword(page: Page, password: string): Promise<void> {
  const dialog = page.getByRole("dialog", { name: "Set a new password" });
  await dialog.getByLabel("New password").fill(password);
  await dialog.getByRole("button", { name: "Set the password" }).click();
}

async function signIn(page: Page, { user }: SignedIn, password: string): Promise<void> {
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("What would you like to know?").waitFor();
}

describe("a forgotten password in the page", () => {
  it("is replaced by way of the link of a mail, and the new one signs in", async () => {
    const ada = await accounts.silentPerson();
    const visitor = await newBrowser();
    const page = await visitor.openApp();
    await page.getByRole("button", { name: "Forgotten password" }).click();
    await page.getByLabel("E-mail").fill(ada.user.email);
    await page.getByRole("button", { name: "Send the mail" }).click();
    await page.getByText("a mail with a link is on its way").waitFor();
    await expectLooks(page, "forgotten-password");

    const link = await visitor.openApp(await pathOfMail(ada.user.email, 1));
    await setPassword(link, "password123");
    await expect
      .poll(() => link.getByRole("textbox", { name: "New password" }).getAttribute("aria-invalid"))
      .toBe("true");
    await expectLooks(link, "new-password");
    await setPassword(link, NEW_PASSWORD);
    await link.getByText("Your password is changed. Sign in with it.").waitFor();
    expect(link.url()).toBe(`${accounts.worker.url}/app`);
    await signIn(link, ada, NEW_PASSWORD);
  });

  it("is asked for in a tab that shows the page already, where the link is pasted", async () => {
    const ada = await accounts.silentPerson();
    const visitor = await newBrowser();
    const page = await visitor.openApp();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await page.goto(accounts.worker.url + (await resetPath(ada)));
    await setPassword(page, NEW_PASSWORD);
    await page.getByText("Your password is changed.").waitFor();
    await signIn(page, ada, NEW_PASSWORD);
    await page.goBack();
    expect(page.url()).not.toContain("reset_password");
  });

  it("stays as it is where the link was used or has expired, and the page says so", async () => {
    const [ada, eve] = [await accounts.silentPerson(), await accounts.silentPerson()];
    const [used, expired] = [await resetPath(ada), await resetPath(eve)];
    const visitor = await newBrowser();
    await accounts.reset(used.split("=").at(-1) ?? "");
    await expire(eve);
    for (const path of [used, expired]) {
      const page = await visitor.openApp(path);
      await setPassword(page, "eleven green doors");
      await page.getByRole("alert").getByText(REFUSED_LINK).waitFor();
      await expectLooks(page, "used-link");
      await page.getByRole("button", { name: "Close" }).click();
      await page.getByRole("button", { name: "Forgotten password" }).waitFor();
    }
    expect((await accounts.signIn(ada, NEW_PASSWORD)).status).toBe(200);
    expect((await accounts.signIn(eve, eve.password)).status).toBe(200);
  });

  it("ends the session of the browser that replaces it", async () => {
    const ada = await accounts.silentPerson();
    const visitor = await newBrowser();
    await visitor.signInAs(ada);
    const page = await visitor.openApp(await resetPath(ada));
    await page.getByText("What would you like to know?").waitFor();
    await setPassword(page, NEW_PASSWORD);
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    const { cookiesOf } = visitor;
    await expect.poll(() => cookiesOf(accounts.worker.url)).not.toHaveProperty("access_token");
    await signIn(page, ada, NEW_PASSWORD);
  });
});

describe("the link that verifies an address, in the page", () => {
  it("verifies it without a sign-in, once", async () => {
    const ada = await accounts.newPerson();
    const path = await pathOfMail(ada.user.email, 1);
    const visitor = await newBrowser();
    const page = await visitor.openApp(path);
    await page.getByText("Your e-mail address is verified.").waitFor();
    expect(page.url()).toBe(`${accounts.worker.url}/app`);
    expect((await me(ada)).email_verified).toBe(true);
    const again = await visitor.openApp(path);
    await again.getByText(REFUSED_LINK).waitFor();
  });

  it("says so where it has expired", async () => {
    const ada = await accounts.newPerson();
    const path = await pathOfMail(ada.user.email, 1);
    await expire(ada);
    const page = await (await newBrowser()).openApp(path);
    await page.getByText(REFUSED_LINK).waitFor();
    expect((await me(ada)).email_verified).toBe(false);
  });

  it("replaces the address everywhere in the page that follows it", async () => {
    const ada = await accounts.silentPerson();
    const email = newAddress();
    await changeEmail(ada, email);
    const visitor = await newBrowser();
    await visitor.signInAs(ada);
    const page = await visitor.openApp("/app/account");
    await page.getByText(`${email} replaces it once you follow the link`).waitFor();
    await page.goto(accounts.worker.url + (await pathOfMail(email, 1)));
    await page.getByText("Your e-mail address is verified.").waitFor();
    await page.locator(`.who-name[title="${email}"]`).waitFor();
    await page.getByRole("link", { name: "Account" }).click();
    await page.getByRole("region", { name: "E-mail address" }).getByText("Verified").waitFor();
    expect((await me(ada)).email).toBe(email);
  });

  it("says so where another account has the address by now", async () => {
    const [ada, eve] = [await accounts.silentPerson(), await accounts.silentPerson()];
    const email = newAddress();
    await changeEmail(ada, email);
    await changeEmail(eve, email);
    const [first, second] = (await waitForMails(email, 2)).map(pathIn);
    const visitor = await newBrowser();
    const page = await visitor.openApp(first);
    await page.getByText("Your e-mail address is verified.").waitFor();
    const other = await visitor.openApp(second);
    await other.getByRole("status").getByText("address").waitFor();
    expect([(await me(ada)).email, (await me(eve)).email].filter((one) => one === email)).toEqual([
      email,
    ]);
  });
});
