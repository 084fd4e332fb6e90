import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { signUpAdmin } from "../../support/admins.ts";
import { expectLooks } from "../../support/app-looks.ts";
import { newAppVisitor } from "../../support/app-page.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { downloadBy } from "../../support/downloads.ts";
import { plantUsage } from "../../support/planted-usage.ts";
import { query } from "../../support/postgres.ts";

const origin = inject("platformUrl");

async function openAs(of: SignedIn, path: string) {
  const visitor = await newAppVisitor(origin);
  visitor.expectErrors(/401 \(|404 \(|409 \(|422 \(/);
  await visitor.signInAs(of);
  return { visitor, page: await visitor.openApp(path) };
}

/** Searches for an account; resolves to its row. */
async function find(page: Page, { user }: SignedIn) {
  await page.getByLabel("Search for accounts").fill(user.email);
  await page.getByRole("button", { name: "Search", exact: true }).click();
  const rows = page.getByRole("region", { name: "Accounts", exact: true }).getByRole("row");
  const row = rows.filter({ hasText: user.email });
  await row.waitFor();
  await expect.poll(() => rows.count()).toBe(2);
  return row;
}

/** Chooses what to do with an account in its menu. */
async function choose(page: Page, { user }: SignedIn, action: string): Promise<void> {
  await page.getByRole("button", { name: `Change ${user.name}` }).click();
  await page.getByRole("menuitem", { name: action }).click();
}

describe("the administration in the page", () => {
  it("is neither offered nor shown to others, for whom nothing is asked of the API", async () => {
    const { page } = await openAs(await signUp(), "/app/account");
    const asked: string[] = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    await page.getByRole("heading", { name: "Account", level: 1 }).waitFor();
    expect(await page.getByRole("link", { name: "Administration" }).count()).toBe(0);
    for (const path of ["/app/admin", "/app/admin/usage", "/app/admin/events"]) {
      await page.goto(origin + path);
      await page.getByText("For administrators only").waitFor();
    }
    expect(asked.filter((path) => path.startsWith("/admin"))).toEqual([]);
  });

  it("deactivates an account, whose page asks to sign in then, and lets it in again", async () => {
    const [grace, ada] = [await signUpAdmin(), await signUp(`Ada ${crypto.randomUUID()}`)];
    const other = await openAs(ada, "/app/usage");
    await other.page.getByRole("heading", { name: "Usage", level: 1 }).waitFor();
    const { page } = await openAs(grace, "/app");
    await page.getByRole("link", { name: "Administration" }).click();
    const row = await find(page, ada);
    await choose(page, ada, "Deactivate");
    await page.getByRole("dialog").getByRole("button", { name: "Deactivate" }).click();
    await row.getByText("Deactivated").waitFor();
    // As the browser does when the access token has expired, up to 15 minutes later.
    await other.visitor.context.clearCookies({ name: "access_token" });
    await other.page.getByRole("button", { name: "By model" }).click();
    await other.page.getByRole("heading", { name: "Sign in" }).waitFor();
    await choose(page, ada, "Reactivate");
    await row.getByText("Active", { exact: true }).waitFor();
    await other.visitor.signInAs(ada);
    expect((await ada.get("/users/me")).body.is_active).toBe(true);
  });

  it("sets a budget, shows what is wrong with it at its field, and changes a role", async () => {
    const [grace, ada] = [await signUpAdmin(), await signUp(`Ada ${crypto.randomUUID()}`)];
    const { page } = await openAs(grace, "/app/admin");
    const row = await find(page, ada);
    await row.getByText("As configured").waitFor();
    await choose(page, ada, "Change the budget");
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Limits each day").selectOption("Not limited");
    await dialog.getByLabel("Limits each month").selectOption("Limits of its own");
    await dialog.getByLabel("US dollars").fill("a lot");
    await dialog.getByRole("button", { name: "Set the budget" }).click();
    await dialog.getByText("This is not an amount such as 12.50.").waitFor();
    await dialog.getByLabel("US dollars").fill("12.5");
    await dialog.getByRole("button", { name: "Set the budget" }).click();
    await row.getByText("$12.50 a month, no limit a day").waitFor();
    await choose(page, ada, "Make administrator");
    await page.getByRole("dialog").getByRole("button", { name: "Make administrator" }).click();
    await row.getByText("Administrator", { exact: true }).waitFor();
    expect((await ada.get("/users/me")).body.role).toBe("admin");
    const { limits } = (await ada.get("/usage/limits")).body;
    expect(limits).toMatchObject([{ period: "month", unit: "cost", limit: "12.500000" }]);
  });

  it("shows the sentence of a change that is refused", async () => {
    const [grace, ada] = [await signUpAdmin(), await signUp(`Ada ${crypto.randomUUID()}`)];
    const { page } = await openAs(grace, "/app/admin");
    await find(page, ada);
    await query("UPDATE users SET role = 'user' WHERE id = $1", [grace.user.id]);
    await choose(page, ada, "Make administrator");
    await page.getByRole("dialog").getByRole("button", { name: "Make administrator" }).click();
    await page.getByText("You have nothing with this id.").waitFor();
    expect((await ada.get("/users/me")).body.role).toBe("user");
  });

  it("shows the usage of all by user, day and model, and downloads it", async () => {
    const [grace, ada] = [await signUpAdmin(), await signUp(`Ada ${crypto.randomUUID()}`)];
    const model = `model-${crypto.randomUUID()}`;
    await plantUsage(ada, [{ model, promptTokens: 1_000_000_000, completionTokens: 1, cost: "3" }]);
    const { page } = await openAs(grace, "/app/admin/usage");
    await page.getByRole("cell", { name: ada.user.name }).waitFor();
    await page.locator(".chart canvas").nth(1).waitFor();
    await page.getByRole("button", { name: "By day" }).click();
    await page.getByRole("region", { name: "Usage by day" }).waitFor();
    await page.getByRole("button", { name: "By model" }).click();
    await page.getByRole("cell", { name: model }).waitFor();
    const button = page.getByRole("button", { name: "Download CSV" });
    const { bytes } = await downloadBy(page, () => button.click());
    expect(bytes.toString()).toContain(model);
  });

  it("lists the security events of all accounts, and downloads them", async () => {
    const [grace, ada] = [await signUpAdmin(), await signUp()];
    const { page } = await openAs(grace, "/app/admin/events");
    const row = page.getByRole("row").filter({ hasText: ada.user.id });
    await row.getByText("Account created").waitFor();
    const button = page.getByRole("button", { name: "Download all" });
    const { name, bytes } = await downloadBy(page, () => button.click());
    expect(name).toBe("security-events.jsonl");
    expect(bytes.toString()).toContain(ada.user.id);
  });

  it.each(["accounts", "usage", "events"])(
    "looks right on a phone and a desk, in light and dark: %s",
    async (part) => {
      const path = part === "accounts" ? "" : `/${part}`;
      const { page } = await openAs(await signUpAdmin(), `/app/admin${path}`);
      await page.getByRole("table").waitFor();
      await expectLooks(page, `admin-${part}`);
    },
  );
});
