import { expect, it } from "vitest";
import { signUp } from "../support/client.ts";
it("works", async () => {
  const ada = await signUp();
  const a = await ada.post("/chat", { content: "What about deposits?" });
  expect(a.status).toBe(200);
});
