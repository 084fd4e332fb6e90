import { unzipSync } from "fflate";
import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import { expectLooks } from "../../support/app-looks.ts";
import { expectAccessible, newAppVisitor } from "../../support/app-page.ts";
import { newChat, say } from "../../support/chats.ts";
import { anonymous, type SignedIn, signUp } from "../../support/client.ts";
import { downloadBy } from "../../support/downloads.ts";
import { query } from "../../support/postgres.ts";

const origin = inject("platformUrl");

async function openData(of: SignedIn): Promise<Page> {
  const visitor = await newAppVisitor(origin);
  visitor.expectErrors(/401 \(|404 \(|ERR_FAILED|ERR_CONTENT/);
  await visitor.signInAs(of);
  return visitor.openApp("/app/account/data");
}

const exportIn = (page: Page) =>
  downloadBy(page, () => page.getByRole("button", { name: "Export my data" }).click());

async function deleteIn(page: Page, { user, password }: SignedIn): Promise<void> {
  await page.getByRole("button", { name: "Delete my account" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByLabel("Your e-mail address").fill(user.email);
  await dialog.getByLabel("Current password").fill(password);
  await dialog.getByRole("button", { name: "Delete for good" }).click();
  await page.getByRole("heading", { name: "Deletion of an account" }).waitFor();
}

describe("the export in the page", () => {
  it("is a zip file that opens, with the chats and a manifest", async () => {
    const ada = await signUp();
    await say(ada, await newChat(ada, { title: "Lease" }), "May I sublet?");
    const page = await openData(ada);
    const { name, bytes } = await exportIn(page);
    expect(name).toMatch(/\.zip$/);
    const names = Object.keys(unzipSync(bytes));
    expect(names.at(-1)).toBe("manifest.json");
    expect(names.some((name) => name.endsWith("Lease.md"))).toBe(true);
    await page.getByText("The export is saved").waitFor();
  });

  it("saves nothing where it cannot be reached, and says so", async () => {
    const page = await openData(await signUp());
    await page.route("**/users/me/export", (route) => route.abort());
    await page.getByRole("button", { name: "Export my data" }).click();
    await page.getByText("The server cannot be reached").waitFor();
    await page.unroute("**/users/me/export");
    expect((await exportIn(page)).name).toMatch(/\.zip$/);
  });
});

describe("the deletion in the page", () => {
  it("needs the address and the password, ends the session, and leaves a receipt", async () => {
    const ada = await signUp();
    const page = await openData(ada);
    await page.getByRole("button", { name: "Delete my account" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Your e-mail address").fill("somebody@example.com");
    await dialog.getByLabel("Current password").fill("seven short lamps");
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await dialog.getByText("to confirm.").waitFor();
    await dialog.getByLabel("Your e-mail address").fill(ada.user.email);
    await dialog.getByRole("button", { name: "Delete for good" }).click();
    await dialog.getByText("the password is wrong").waitFor();
    expect((await ada.get("/users/me")).status).toBe(200);
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await deleteIn(page, ada);
    await page.getByText("The account is closed").waitFor();
    const { email } = ada.user;
    const signIn = await anonymous().post("/auth/login", { email, password: ada.password });
    expect(signIn.status).toBe(401);
    await page.getByRole("link", { name: "Back to the sign-in" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });

  it("shows on its receipt once everything is erased, without a sign-in and without a reload", async () => {
    const ada = await signUp();
    const page = await openData(ada);
    await deleteIn(page, ada);
    const id = new URL(page.url()).pathname.split("/").at(-1) ?? "";
    await query("UPDATE erasures SET completed_at = now(), chats = 12 WHERE id = $1", [id]);
    await page.getByText("Nothing of the account is left.").waitFor();
    expect(await page.getByRole("cell", { name: "12", exact: true }).count()).toBe(1);
  });

  it("looks right on a phone and a desk, in light and dark", async () => {
    const ada = await signUp();
    const page = await openData(ada);
    await deleteIn(page, ada);
    await page.getByRole("table").waitFor();
    await expectLooks(page, "erasure");
  });

  it("says so where there is no such receipt", async () => {
    const visitor = await newAppVisitor(origin);
    visitor.expectErrors(/404 \(/);
    const page = await visitor.openApp(`/app/erasures/${crypto.randomUUID()}`);
    await page.getByText("You have nothing with this id.").waitFor();
    await expectAccessible(page);
  });
});
