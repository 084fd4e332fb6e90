import { describe, expect, it } from "vitest";
import { findModel } from "../../src/lib/models.ts";
import { historyBytes, promptBudget } from "../../src/features/turns/context/budget.ts";
import { buildPrompt } from "../../src/features/turns/generate/prompt.ts";

const path = (...contents: string[]) =>
  contents.map((content, index) => ({
    type: index % 2 ? ("bot" as const) : ("user" as const),
    content,
  }));

describe("the prompt of a turn", () => {
  it("is the system prompt and the path, oldest first", () => {
    const { messages } = buildPrompt("Be careful.", path("One?", "One.", "Two?"), 1_000);
    expect(messages).toEqual([
      { role: "system", content: "Be careful." },
      { role: "user", content: "One?" },
      { role: "assistant", content: "One." },
      { role: "user", content: "Two?" },
    ]);
  });

  it("keeps the newest messages where not all fit", () => {
    const said = path("a".repeat(400), "b".repeat(400), "c".repeat(400), "d", "e");
    const { messages } = buildPrompt("S", said, 130);
    expect(messages.map((message) => message.content[0])).toEqual(["S", "c", "d", "e"]);
  });

  it("does not skip a long message to reach an older short one", () => {
    const { messages } = buildPrompt("S", path("old", "b".repeat(4_000), "new"), 100);
    expect(messages.map((message) => message.content)).toEqual(["S", "new"]);
  });

  it("always has the user message, however long it is", () => {
    const { messages } = buildPrompt("S", path("q".repeat(10_000)), 10);
    expect(messages).toHaveLength(2);
  });

  it("omits answers that failed before their first token", () => {
    const { messages } = buildPrompt("S", path("One?", "", "Again?"), 1_000);
    expect(messages.map((message) => message.content)).toEqual(["S", "One?\n\nAgain?"]);
  });

  it("never estimates more than its budget, unless the user message alone does", () => {
    const contents = Array.from({ length: 50 }, (_, index) => "word ".repeat(index));
    const { estimatedTokens } = buildPrompt("S", path(...contents), 500);
    expect(estimatedTokens).toBeLessThanOrEqual(500);
    expect(estimatedTokens).toBeGreaterThan(200);
  });

  it("leaves a model room for its answer", () => {
    const model = findModel("gpt-4o", []);
    if (!model) throw new Error("gpt-4o is in the table");
    expect(promptBudget(model) + model.maxOutputTokens).toBeLessThanOrEqual(model.contextTokens);
    expect(historyBytes(model)).toBeGreaterThan(promptBudget(model));
  });
});
