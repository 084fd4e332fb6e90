import { describe, expect, inject, it } from "vitest";
import {
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
  WIDTHS,
} from "../../support/app-page.ts";
import { signUp } from "../../support/client.ts";

const origin = inject("platformUrl");
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
