import { describe, expect, inject, it } from "vitest";
import { newVisitor } from "../support/browser.ts";

describe("the documentation in a browser", () => {
  it("shows the API by Swagger UI and by Redoc, within its content security policy", async () => {
    const visitor = await newVisitor();
    for (const path of ["/docs", "/redoc"]) {
      const page = await visitor.open(inject("platformUrl") + path);
      const shown = page.getByText("/chats/{id}/messages/stream").first();
      await shown.waitFor({ state: "attached" });
      expect(await page.getByText("Send a user message in a chat").count()).toBeGreaterThan(0);
    }
  });
});
