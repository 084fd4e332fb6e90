import { afterAll, beforeAll, it } from "vitest";
import { expectText, newVisitor } from "../support/browser.ts";
import { type BrowserSite, startBrowserSite } from "../support/browser-site.ts";
import { release, script } from "../support/provider.ts";

let site: BrowserSite;
beforeAll(async () => {
  site = await startBrowserSite();
});
afterAll(() => site.close());

it("The example page shows an answer by EventSource while it is generated", async () => {
  const visitor = await newVisitor();
  // The example's account does not exist yet.
  visitor.expectErrors(/401 \(Unauthorized\).*\/auth\/login/);
  const page = await visitor.open(site.eventSource);
  const marker = await script({ kind: "answer", tokens: ["One ", "two."], holdAfter: 1 });
  await page.getByLabel("Question").fill(marker);
  await page.getByRole("button", { name: "Ask" }).click();
  await expectText(page, "#answer", "One ");
  await release(marker);
  await expectText(page, "#state", "complete");
  await expectText(page, "#answer", "One two.");
});
