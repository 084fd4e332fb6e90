import type { Page } from "playwright-core";
import { beforeAll, describe, expect, inject, it } from "vitest";
import { expectAnswers, expectReady, send } from "../../support/app-chat.ts";
import { expectAccessible, newAppVisitor } from "../../support/app-page.ts";
import { type Body, type SignedIn, signUpWithFiles } from "../../support/client.ts";
import { answersContaining, script } from "../../support/provider.ts";

const origin = inject("platformUrl");

let ada: SignedIn;
let offered: string[];
let standard: string;
let other: string;
beforeAll(async () => {
  ada = await signUpWithFiles();
  const { models } = (await ada.get("/models")).body;
  offered = models.map(({ name }: Body) => name);
  [standard = "", other = ""] = offered;
});

const picker = (page: Page) => page.getByRole("combobox", { name: "Model" });

const answer = (text: string) => script({ kind: "answer", tokens: [text] });

const modelsAsked = async (marker: string) =>
  (await answersContaining(marker)).map(({ body }) => body.model);

describe("the models of the page", () => {
  it("are those that the server offers, and the chosen one answers, also after a reload", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(ada);
    const page = await visitor.openApp();
    await picker(page).waitFor();
    expect(await picker(page).getByRole("option").allInnerTexts()).toEqual(offered);
    expect(await picker(page).inputValue()).toBe(standard);
    await expectAccessible(page);

    await picker(page).selectOption(other);
    const marker = await answer("Yes.");
    await send(page, marker);
    await expectAnswers(page, "Yes.");
    await expectReady(page);
    await page.reload();
    await expectAnswers(page, "Yes.");
    await expect.poll(() => picker(page).inputValue()).toBe(other);
    await send(page, "Are you sure?");
    await expectAnswers(page, "Yes.", "Yes.");
    await expectReady(page);
    await page.getByRole("button", { name: "Write another answer" }).last().click();
    await expect.poll(() => modelsAsked(marker)).toEqual([other, other, other]);
  });

  it("are the server's own choice again where the chosen one is no longer offered", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(ada);
    const page = await visitor.openApp();
    await page.evaluate(`localStorage.setItem("indifly.model", "withdrawn")`);
    await page.reload();
    await expect.poll(() => picker(page).inputValue()).toBe(standard);
    const marker = await answer("Yes.");
    await send(page, marker);
    await expectAnswers(page, "Yes.");
    expect(await modelsAsked(marker)).toEqual([standard]);
  });
});
