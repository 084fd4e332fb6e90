import { execFile } from "node:child_process";
import { promisify } from "node:util";
import type { Page } from "playwright-core";
import { describe, expect, inject, it } from "vitest";
import {
  type AppVisitor,
  expectAccessible,
  expectNoSidewaysScroll,
  keepScreenshot,
  newAppVisitor,
} from "../../support/app-page.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { answersContaining, script } from "../../support/provider.ts";

const origin = inject("platformUrl");
const run = promisify(execFile);

/** A person whose chat has just got an answer. */
async function withAnswer(): Promise<{
  ada: SignedIn;
  visitor: AppVisitor;
  page: Page;
  marker: string;
}> {
  const ada = await signUp("Ada Example", origin);
  const visitor = await newAppVisitor(origin);
  await visitor.signInAs(ada);
  const page = await visitor.openApp();
  const marker = await script({ kind: "answer", tokens: ["It is ", "Ada's ", "answer."] });
  await page.getByRole("textbox", { name: "Message" }).fill(`May he? ${marker}`);
  await page.keyboard.press("Enter");
  await page.getByText("It is Ada's answer.").first().waitFor();
  return { ada, visitor, page, marker };
}

const viewOf = (page: Page) => page.getByRole("region", { name: "Developer's view" });

/** The request of the turn, opened. */
async function openTurn(page: Page) {
  const turn = viewOf(page).getByRole("listitem").filter({ hasText: "POST/ai-sdk/chat" }).first();
  await turn.locator("summary").click();
  await turn.getByRole("heading", { name: "Events" }).waitFor();
  return turn;
}

describe("the developer's view", () => {
  it("shows the last turn as it went over the wire, by the keyboard alone", async () => {
    const { page, marker } = await withAnswer();
    await page.keyboard.press("Control+.");
    const view = viewOf(page);
    await view.waitFor();
    await expect.poll(() => page.evaluate("document.activeElement.className")).toBe("developer");
    const first = view.locator("summary").first();
    const ended = /^POST\/ai-sdk\/chat200 · \d+ ms · \d+ bytes$/;
    await expect.poll(() => first.textContent()).toMatch(ended);
    await first.focus();
    await page.keyboard.press("Enter");
    const body = view.getByLabel("Request body", { exact: true }).first();
    expect(JSON.parse((await body.textContent()) ?? "")).toMatchObject({
      messages: [{ role: "user", parts: [{ type: "text", text: `May he? ${marker}` }] }],
    });
    const events = await view
      .getByLabel("Events", { exact: true })
      .first()
      .locator("pre")
      .allTextContents();
    const types = events.flatMap((text) => /"type": "([\w-]+)"/.exec(text)?.[1] ?? []);
    expect(types[0]).toBe("start");
    expect(types).toContain("text-delta");
    expect(types.at(-1)).toBe("finish");
    expect(events.at(-1)).toBe("data: [DONE]");
    await page.keyboard.press("Escape");
    await view.waitFor({ state: "detached" });
  });

  it("gives a line of curl that attaches to the same turn", async () => {
    const { ada, visitor, page, marker } = await withAnswer();
    await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.getByRole("button", { name: "Developer's view" }).click();
    const turn = await openTurn(page);
    await turn.getByRole("button", { name: "Copy as curl" }).click();
    await turn.getByRole("button", { name: "Copied" }).waitFor();
    const line: string = await page.evaluate("navigator.clipboard.readText()");
    expect(line).toContain('-H "authorization: Bearer $TOKEN"');
    expect(line).not.toContain(ada.accessToken);
    const env = { PATH: process.env.PATH, TOKEN: ada.accessToken };
    const { stdout } = await run("sh", ["-c", `${line} --silent --show-error`], { env });
    const deltas = [...stdout.matchAll(/^data: (\{.*"text-delta".*\})$/gm)];
    const text = deltas.map(([, data = ""]) => JSON.parse(data).delta).join("");
    expect(text).toBe("It is Ada's answer.");
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("says to screen readers that it was copied, each time", async () => {
    const { visitor, page } = await withAnswer();
    await visitor.context.grantPermissions(["clipboard-read", "clipboard-write"]);
    await page.keyboard.press("Control+.");
    const turn = await openTurn(page);
    for (const name of ["Copy as curl", "Copied"]) await turn.getByRole("button", { name }).click();
    const said = page.getByRole("status").getByText("Copied.");
    await expect.poll(() => said.count()).toBe(2);
    await expect.poll(() => said.count()).toBe(0);
  });

  it("filters, shows JSON raw or pretty, and forgets", async () => {
    const { page } = await withAnswer();
    await page.keyboard.press("Control+.");
    const view = viewOf(page);
    const turn = await openTurn(page);
    await view.getByLabel("Filter").fill("finish");
    await expect.poll(() => view.locator("summary").count()).toBeGreaterThan(0);
    const events = turn.getByLabel("Events", { exact: true }).locator("pre");
    await expect
      .poll(async () => (await events.allTextContents()).join("\n"))
      .toMatch(/"type": "finish"/);
    expect((await events.allTextContents()).join("\n")).not.toContain("text-delta");
    await view.getByRole("button", { name: "Pretty" }).click();
    await expect
      .poll(async () => (await events.allTextContents()).join("\n"))
      .toMatch(/^data: \{"type":"finish"/m);
    await view.getByLabel("Filter").fill("no such word");
    await view.getByText("No request matches.").waitFor();
    await view.getByRole("button", { name: "Forget all requests" }).click();
    await view.getByLabel("Filter").fill("");
    await view.getByText("No request matches.").waitFor();
  });

  it("keeps no password and no token of a sign-in", async () => {
    const ada = await signUp("Ada Example", origin);
    const visitor = await newAppVisitor(origin);
    const page = await visitor.openApp();
    await page.getByLabel("E-mail").fill(ada.user.email);
    await page.getByLabel("Password", { exact: true }).fill(ada.password);
    await page.getByRole("button", { name: "Sign in", exact: true }).click();
    await page.getByRole("link", { name: "Account", exact: true }).waitFor();
    await page.keyboard.press("Control+.");
    const view = viewOf(page);
    await view.getByRole("button", { name: "All requests", exact: true }).click();
    const signIn = view.getByRole("listitem").filter({ hasText: "/auth/login" }).first();
    await signIn.locator("summary").click();
    await signIn.getByText("Not kept: it may hold a secret.").waitFor();
    const text = await view.textContent();
    expect(text).not.toContain(ada.password);
    expect(text).not.toMatch(/eyJ|refresh_token|Copy as curl/);
  });

  it("is accessible, and fits a phone and a desk, in light and dark", async () => {
    const { page } = await withAnswer();
    await page.keyboard.press("Control+.");
    await openTurn(page);
    for (const width of ["phone", "desk"] as const) {
      for (const scheme of ["light", "dark"] as const) {
        await keepScreenshot(page, "developer", { width, scheme });
        await expectAccessible(page);
        await expectNoSidewaysScroll(page);
      }
    }
  });
});
