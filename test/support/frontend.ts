/** What a person does on the frontend's page of the browser tests. */
import type { Page } from "playwright-core";
import { expectText, type Visitor } from "./browser.ts";
import type { BrowserSite } from "./browser-site.ts";
import type { SignedIn } from "./client.ts";

/** How the page learns that nobody is signed in. */
const SIGNED_OUT = /401 \(Unauthorized\).*\/users\/me/;

/** Opens the page, which asks to sign in. */
export async function openSignedOut(visitor: Visitor, site: BrowserSite): Promise<Page> {
  visitor.expectErrors(SIGNED_OUT);
  const page = await visitor.open(site.app);
  await page.locator("#sign-in").waitFor();
  return page;
}

/** Fills in the form, and sends it. */
export async function submitPassword(
  page: Page,
  { user, password }: Pick<SignedIn, "user" | "password">,
): Promise<void> {
  await page.getByLabel("E-mail").fill(user.email);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Sign in" }).click();
}

/** Opens the page, and signs in by password. */
export async function openSignedIn(
  visitor: Visitor,
  site: BrowserSite,
  person: SignedIn,
): Promise<Page> {
  const page = await openSignedOut(visitor, site);
  await submitPassword(page, person);
  await expectText(page, "#name", person.user.name);
  return page;
}

/** Sends a question; its answer arrives by and by. */
export async function ask(page: Page, question: string): Promise<void> {
  await page.getByLabel("Question").fill(question);
  await page.getByRole("button", { name: "Send" }).click();
}
