import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { findModel } from "../../src/lib/models.ts";
import {
  buildPrompt,
  promptWithPassages,
  withHalfTheHistory,
  type Prompt,
} from "../../src/features/turns/generate/prompt.ts";
import type { PastMessage } from "../../src/features/turns/store/turn.ts";
import { MOST_PROMPT_MESSAGES } from "../../src/features/turns/context/budget.ts";
import { estimateTokens } from "../../src/lib/models.ts";

const user = (content: string): PastMessage => ({ type: "user", content });
const bot = (content: string): PastMessage => ({ type: "bot", content });

/** Also what a turn leaves that failed or was stopped before its first token. */
const BLANK = ["", " ", "\n\t\u00a0", "\u200b\ufeff"];

const content = fc.oneof(
  fc.constantFrom(...BLANK),
  fc.string({ unit: "grapheme", maxLength: 60 }),
  fc.integer({ min: 1, max: 400 }).map((length) => "word ".repeat(length)),
);
const message = fc.record({ type: fc.constantFrom<"user" | "bot">("user", "bot"), content });
const path = fc
  .tuple(fc.array(message, { maxLength: 40 }), content)
  .map(([before, question]) => [...before, user(question)]);

/** What the strictest template requires of a conversation. */
function expectStrict({ messages, estimatedTokens }: Prompt): void {
  const [system, ...said] = messages;
  expect(system?.role).toBe("system");
  said.forEach(({ role }, index) => expect(role).toBe(index % 2 === 0 ? "user" : "assistant"));
  expect(said.at(-1)?.role).toBe("user");
  for (const { content: text } of messages) expect(text.trim()).not.toBe("");
  const tokens = messages.map(({ content: text }) => estimateTokens(text) + 4);
  expect(estimatedTokens).toBe(tokens.reduce((sum, count) => sum + count));
}

const contentsOf = ({ messages }: Prompt) => messages.map(({ content: text }) => text);

describe("the messages for a strict provider", () => {
  it("begin with the user, alternate, have text and end with the user message, for any path", () => {
    fc.assert(
      fc.property(path, fc.integer({ min: 1, max: 2_000 }), (said, budget) => {
        const prompt = buildPrompt("Be careful.", said, budget);
        expectStrict(prompt);
        const question = said.at(-1)?.content ?? "";
        const last = contentsOf(prompt).at(-1) ?? "";
        expect(last.endsWith(question) || last.endsWith("has no text.)")).toBe(true);
        const isQuestionAlone = prompt.messages.length === 2;
        expect(isQuestionAlone || prompt.estimatedTokens <= budget).toBe(true);
      }),
    );
  });

  it("stay strict when half of the history is dropped, until nothing is left to drop", () => {
    fc.assert(
      fc.property(path, (said) => {
        let prompt: Prompt | undefined = buildPrompt("Be careful.", said, 5_000);
        const question = prompt.messages.at(-1);
        while (prompt) {
          expectStrict(prompt);
          expect(prompt.messages.at(-1)).toEqual(question);
          const shorter: Prompt | undefined = withHalfTheHistory(prompt);
          expect(shorter === undefined).toBe(prompt.messages.length <= 2);
          const left = shorter?.messages.length ?? 0;
          expect(left).toBeLessThan(prompt.messages.length);
          prompt = shorter;
        }
      }),
    );
  });

  it.each([
    ["failed before its first word", [user("One?"), bot(""), user("Two?")], ["One?\n\nTwo?"]],
    ["failed twice", [user("1"), bot(""), user("2"), bot(" "), user("3")], ["1\n\n2\n\n3"]],
    ["was a greeting", [bot("Welcome!"), user("One?")], ["One?"]],
    [
      "was stored as notes",
      [user("A"), user("B"), bot("C"), bot("D"), user("E")],
      ["A\n\nB", "C\n\nD", "E"],
    ],
    ["was only the assistant's", [bot("A"), bot("B"), user("C")], ["C"]],
    ["was blank text with a file", [user(" \n"), bot("Read."), user("And?")], ["And?"]],
  ])("are strict where the history %s", (_what, said, expected) => {
    expect(contentsOf(buildPrompt("S", said, 1_000)).slice(1)).toEqual(expected);
  });

  it("never begin with an answer whose user message did not fit", () => {
    const long = "q".repeat(400);
    const prompt = buildPrompt("S", [user(long), bot("Yes."), user("Why?")], 50);
    expect(contentsOf(prompt)).toEqual(["S", "Why?"]);
  });

  it("say of a user message without text that it has none", () => {
    const prompt = buildPrompt("S", [user("One?"), bot(""), user("\n")], 1_000);
    expect(contentsOf(prompt)).toEqual(["S", "One?\n\n(The message has no text.)"]);
  });

  it("have no system prompt where the configured one is blank", () => {
    expect(buildPrompt("  ", [user("One?")], 100).messages).toEqual([
      { role: "user", content: "One?" },
    ]);
  });

  it("have the passages above the last user messages, and count them", () => {
    const model = findModel("gpt-4o", []);
    if (!model) throw new Error("gpt-4o is in the table");
    const passage = {
      number: 1,
      fileId: "f",
      fileName: "a.pdf",
      page: 1,
      start: 0,
      end: 4,
      text: "Text",
    };
    const prompt = promptWithPassages(
      model,
      [user("One?"), bot(""), user("Two?")],
      { passages: [passage] },
      "a1b2",
    );
    expectStrict(prompt);
    expect(contentsOf(prompt)[1]).toMatch(
      /^<passage-a1b2 id="1".*<\/passage-a1b2>\n\nOne\?\n\nTwo\?$/,
    );
  });

  it("are no more than providers accept, the newest ones", () => {
    const said = Array.from({ length: 20_001 }, (_, index) =>
      index % 2 ? bot(`A${index}`) : user(`Q${index}`),
    );
    const prompt = buildPrompt("S", said, 1_000_000);
    expectStrict(prompt);
    expect(prompt.messages.length).toBeLessThanOrEqual(MOST_PROMPT_MESSAGES + 1);
    expect(contentsOf(prompt).at(-1)).toBe("Q20000");
  });
});
