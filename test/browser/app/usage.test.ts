import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { newAppVisitor } from "../../support/app-page.ts";
import { expectLooks } from "../../support/app-looks.ts";
import { setBudget } from "../../support/budgets.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { downloadBy } from "../../support/downloads.ts";
import { plantUsage } from "../../support/planted-usage.ts";

const origin = inject("platformUrl");

/** Somebody with calls of two models, one of them three weeks ago. */
async function newSpender(): Promise<SignedIn> {
  const ada = await signUp();
  await plantUsage(ada, [
    { model: "large-model", promptTokens: 1_000, completionTokens: 234, cost: "1234.000000000001" },
    { model: "large-model", promptTokens: 10, completionTokens: 1, cost: "0.5", daysAgo: 1 },
    { model: "new-model", promptTokens: 7, completionTokens: 3, cost: null, isEstimated: true },
    { model: "old-model", promptTokens: 5_000, completionTokens: 1, cost: "2", daysAgo: 20 },
  ]);
  return ada;
}

async function openUsage(of: SignedIn, path = "/app/usage"): Promise<Page> {
  const visitor = await newAppVisitor(origin);
  await visitor.signInAs(of);
  return visitor.openApp(path);
}

/** The cells of a row of the report. */
const rowOf = (page: Page, name: string) =>
  page.getByRole("row").filter({ has: page.getByRole("cell", { name, exact: true }) });

const totals = (page: Page) => page.getByRole("region", { name: "In all" });

describe("usage in the page", () => {
  it("shows exact money and tokens by model, as charts and in a table, for the days of the address", async () => {
    const page = await openUsage(await newSpender());
    await page.locator(".chart canvas").nth(1).waitFor();
    await totals(page).getByText("6,256").waitFor();
    await totals(page).getByText("$1,236.500000000001", { exact: true }).waitFor();
    await page.getByText("The price of one call is not known").waitFor();
    await page.getByText("did not report the tokens of one call").waitFor();
    await page.getByRole("button", { name: "By model" }).click();
    const large = rowOf(page, "large-model");
    expect(await large.textContent()).toBe("large-model$1,234.5000000000011,2451,010235200");
    expect(await rowOf(page, "new-model").textContent()).toContain("Unknown");
    await page.getByRole("button", { name: "7 days" }).click();
    await totals(page).getByText("1,255").waitFor();
    await page.reload();
    await totals(page).getByText("1,255").waitFor();
    expect(await rowOf(page, "old-model").count()).toBe(0);
    expect(await rowOf(page, "large-model").count()).toBe(1);
  });

  it("shows any days that a person picks", async () => {
    const page = await openUsage(await newSpender());
    const days = page.getByRole("group", { name: "Days of the report" });
    const dayAgo = (count: number) =>
      new Date(Date.now() - count * 86_400_000).toISOString().slice(0, 10);
    await days.getByLabel("From").fill(dayAgo(21));
    await days.getByLabel("To").fill(dayAgo(19));
    await totals(page).getByText("5,001").waitFor();
    await totals(page).getByText("$2.00", { exact: true }).waitFor();
    expect(await page.getByRole("button", { pressed: true }).allTextContents()).toEqual(["By day"]);
  });

  it("downloads the report as a table", async () => {
    const page = await openUsage(await newSpender(), "/app/usage?by=model");
    const button = page.getByRole("button", { name: "Download CSV" });
    const { name, bytes } = await downloadBy(page, () => button.click());
    expect(name).toMatch(/^usage-.*-by-model\.csv$/);
    expect(bytes.toString()).toContain("1234.500000000001");
  });

  it("says that a budget is used up, what is refused, and when it begins again", async () => {
    const ada = await newSpender();
    await setBudget(ada, "day", { tokens: 1_000 });
    await setBudget(ada, "month", { cost: "5000" });
    const page = await openUsage(ada);
    await page.getByText("A budget is used up.").waitFor();
    await page.getByText("New answers, names of chats and analyses are refused").waitFor();
    const today = page.getByRole("progressbar", { name: "Tokens today" });
    expect(await today.getAttribute("value")).toBe("1");
    const list = page.getByRole("region", { name: "Budgets" });
    await list.getByText("1,244 of 1,000 used").waitFor();
    expect(await list.getByText("Used up", { exact: true }).count()).toBe(1);
    await list.getByRole("heading", { name: "Cost this month" }).waitFor();
  });

  it("says so where nothing was used", async () => {
    const page = await openUsage(await signUp());
    await page.getByText("Nothing was used in these days.").waitFor();
    await page.getByText("Nothing is limited for this account.").waitFor();
    expect(await page.locator("canvas").count()).toBe(0);
  });

  it("looks right on a phone and a desk, in light and dark", async () => {
    const ada = await newSpender();
    await setBudget(ada, "month", { tokens: 10_000, cost: "2000" });
    const page = await openUsage(ada);
    await page.locator(".chart canvas").nth(1).waitFor();
    await expectLooks(page, "usage");
  });
});
