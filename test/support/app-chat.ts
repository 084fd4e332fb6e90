/** What a person does in a chat of the page at `/app`. */
import type { Page } from "playwright-core";
import { expect, inject } from "vitest";
import { newAppVisitor } from "./app-page.ts";
import type { SignedIn } from "./client.ts";

/** A tab of a person who is signed in. */
export async function openAs(person: SignedIn, path = "/app") {
  const visitor = await newAppVisitor(inject("platformUrl"));
  await visitor.signInAs(person);
  return { visitor, page: await visitor.openApp(path) };
}

/** Writes into the composer, and sends it by Enter. */
export async function send(page: Page, text: string): Promise<void> {
  await page.getByLabel("Message", { exact: true }).fill(text);
  await page.keyboard.press("Enter");
}

/** The texts of the answers that are shown. */
export function answersOf(page: Page): Promise<string[]> {
  return page.locator(".message-answer .markdown").allInnerTexts();
}

/** Resolves once the answers are these. */
export async function expectAnswers(page: Page, ...wanted: string[]): Promise<void> {
  await expect.poll(() => answersOf(page)).toEqual(wanted);
}

/** Resolves once no answer is under way. */
export async function expectReady(page: Page): Promise<void> {
  await page.getByRole("button", { name: "Send", exact: true }).waitFor();
  await page.getByRole("button", { name: "Write another answer" }).last().waitFor();
}

/** Chooses an action of the chat that is open. */
export async function chooseAction(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Actions for this chat" }).click();
  await page.getByRole("menuitem", { name, exact: true }).click();
}
