import { describe, expect, inject, it } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
  WIDTHS,
} from "../../support/app-page.ts";
import { signUp, signUpWithFiles } from "../../support/client.ts";
import { readyFile } from "../../support/files.ts";
import { script } from "../../support/provider.ts";

const origin = inject("platformUrl");
/** A word without a place to break. */
const LONG = "Grundstuecksverkehrsgenehmigungszustaendigkeitsuebertragungsverordnung";
const SECTIONS = ["Documents", "Usage", "Account"];

describe("the page at /app", () => {
  it("asks who is not signed in to sign in, within its policy and without another origin", async () => {
    const visitor = await newAppVisitor(origin);
    const page = await visitor.openApp();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
    await expectAccessible(page);
  });

  it("shows each section at an address of its own, also after a reload", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(await signUp());
    const page = await visitor.openApp();
    for (const name of SECTIONS) {
      await page.getByRole("link", { name, exact: true }).click();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
      expect(new URL(page.url()).pathname).toBe(`/app/${name.toLowerCase()}`);
      await page.reload();
      await page.getByRole("heading", { name, level: 1 }).waitFor();
    }
    await page.goBack();
    await page.getByRole("heading", { name: "Usage", level: 1 }).waitFor();
  });

  it("is accessible and fits a phone and a desk, in light and dark", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(await signUp());
    const page = await visitor.openApp("/app/documents");
    await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    for (const width of ["phone", "desk"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "documents", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });

  it("breaks long names and addresses, so that they fit a phone", async () => {
    const ada = await signUpWithFiles(LONG);
    const file = await readyFile(ada, `${LONG} says: the tenant pays 900 euros.`, `${LONG}.txt`);
    const tokens = [`It says “the tenant pays 900 euros” [1], in ${LONG}.`];
    const content = await script({ kind: "answer", tokens });
    const { body } = await ada.post("/chat", { content, file_ids: [file.id] });
    await ada.patch(`/chats/${body.chat_id}`, { title: LONG });
    await ada.post("/auth/keys", { name: LONG, scopes: ["read"], password: ada.password });
    const email = `${crypto.randomUUID()}@${LONG.slice(0, 60)}.example.com`;
    await ada.patch("/users/me", { email, current_password: ada.password });
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(ada);
    const page = await visitor.openApp(`/app/chats/${body.chat_id}`);
    await page.setViewportSize({ width: WIDTHS.phone, height: 740 });
    await page.getByText("1 source").click();
    await expectNoSidewaysScroll(page);
    const views = {
      "/app/documents": LONG,
      [`/app/documents/${file.id}`]: LONG,
      "/app/account": email,
      "/app/account/keys": LONG,
    };
    for (const [path, text] of Object.entries(views)) {
      await page.goto(origin + path);
      await page.locator("#content").getByText(text).first().waitFor();
      await expectNoSidewaysScroll(page);
    }
  });

  it("has its menu in a drawer on a phone", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(await signUp());
    const page = await visitor.openApp();
    await page.setViewportSize({ width: WIDTHS.phone, height: 740 });
    const link = page.getByRole("link", { name: "Documents", exact: true });
    expect(await link.isVisible()).toBe(false);
    await page.getByRole("button", { name: "Open the menu" }).click();
    await link.click();
    await page.getByRole("heading", { name: "Documents", level: 1 }).waitFor();
    await link.waitFor({ state: "hidden" });
  });

  it("says so where an address names no view", async () => {
    const visitor = await newAppVisitor(origin);
    await visitor.signInAs(await signUp());
    const page = await visitor.openApp("/app/nothing/here");
    await page.getByText("There is no such page").waitFor();
    expect(await page.title()).toBe("Not found · Indifly");
  });
});
