import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readCompletion } from "../../src/clients/model/completion.ts";
import { delta, DONE, finish, say } from "../support/provider-wire.ts";
import { readPieces } from "../support/read-pieces.ts";

const read = (...pieces: string[]) => readPieces([...pieces, finish(), DONE]);

describe("Reasoning is kept apart from the answer:", () => {
  it.each([
    ["DeepSeek, Qwen, vLLM", { reasoning_content: "Hm." }],
    ["OpenRouter, Groq, Ollama", { reasoning: "Hm." }],
    ["OpenRouter in parts", { reasoning_details: [{ type: "reasoning.text", text: "Hm." }] }],
    ["a summary", { reasoning_details: [{ type: "reasoning.summary", summary: "Hm." }] }],
    [
      "the same twice",
      { reasoning: "Hm.", reasoning_details: [{ type: "reasoning.text", text: "Hm." }] },
    ],
    ["two names", { reasoning_content: "Hm.", reasoning: "Hm." }],
    ["LiteLLM", { thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "s" }] }],
    ["Mistral", { content: [{ type: "thinking", thinking: [{ type: "text", text: "Hm." }] }] }],
    ["Anthropic's part", { content: [{ type: "thinking", thinking: "Hm." }] }],
    [
      "a part of a summary",
      { content: [{ type: "reasoning", summary: [{ type: "summary_text", text: "Hm." }] }] },
    ],
  ])("%s", async (_, said) => {
    expect(await read(delta(said), say("Yes."))).toMatchObject({ reasoning: "Hm.", text: "Yes." });
  });

  it.each([
    ["a tag", "<think>Hm.</think>Yes."],
    ["white space around it", " \n<think>\nHm.</think>\n\nYes."],
    ["another tag", "<thinking>Hm.</thinking>Yes."],
    ["Gemini's tag", "<thought>Hm.</thought>Yes."],
    ["two of them", "<think>H</think>\n<think>m.</think>Yes."],
    ["another case", "<Think>Hm.</THINK>Yes."],
  ])("%s at the start, wherever it is cut", async (_, content) => {
    const offsets = fc.array(fc.nat(content.length), { maxLength: 10 });
    await fc.assert(
      fc.asyncProperty(offsets, async (cuts) => {
        const ends = [...cuts, content.length].toSorted((a, b) => a - b);
        const pieces = ends.map((end, index) => say(content.slice(ends[index - 1] ?? 0, end)));
        expect(await read(...pieces)).toMatchObject({ reasoning: "Hm.", text: "Yes." });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["that is never closed", "<think>Hm. <", "Hm. <", ""],
    ["that is closed at the end", "<think>Hm.</think>", "Hm.", ""],
    ["that is empty", "<think>\n\n</think>\n\nYes.", "", "Yes."],
    ["that holds another", "<think>a <thinking> b</think>Yes.", "a <thinking> b", "Yes."],
  ])("a tag %s", async (_, content, reasoning, text) => {
    expect(await read(say(content))).toMatchObject({ reasoning, text });
  });

  it.each([
    "How do <think> tags work?",
    "`<think>` is a tag. <think>No.</think>",
    "```xml\n<think>No.</think>\n```",
    "Yes.\n<think>No.</think>",
    "<thinker>No.</thinker>",
    "<th",
    "  <b>No.</b>",
    "\n\n",
    `${" ".repeat(300)}<think>No.</think>`,
  ])("not in %j, which is text", async (content) => {
    for (const pieces of [[content], Array.from(content)]) {
      expect(await read(...pieces.map(say))).toMatchObject({ reasoning: "", text: content });
    }
  });

  it("a thousand tags in one chunk are parsed in linear time", async () => {
    const content = "<think>a</think>".repeat(20_000);
    expect((await read(say(content))).reasoning).toBe("a".repeat(20_000));
  });
});

describe("A stream is alive", () => {
  it.each([
    ["with an empty delta", {}],
    ["with a role alone", { role: "assistant", content: "" }],
    ["with nothing in it", { content: null }],
    ["with the call of a tool", { tool_calls: [{ index: 0, function: { arguments: "{" } }] }],
    [
      "with reasoning that is encrypted",
      { reasoning_details: [{ type: "reasoning.encrypted", data: "x" }] },
    ],
  ])("%s", async (_, said) => {
    expect((await read(delta(said))).types[0]).toBe("progress");
  });

  it("but not with a comment, or what is no chunk", async () => {
    const { types } = await read(": ping\n\n", "data: null\n\n", 'data: {"type":"ping"}\n\n');
    expect(types.slice(0, 3)).toEqual(["keep_alive", "keep_alive", "keep_alive"]);
  });
});

it("A refusal is the text of the delta or of a part", async () => {
  expect((await read(delta({ refusal: "I can" }), delta({ refusal: "not." }))).refusal).toBe(
    "I cannot.",
  );
  const part = delta({ content: [{ type: "refusal", refusal: "No." }] });
  expect(await read(part)).toMatchObject({ refusal: "No.", text: "" });
});

describe("An answer without streaming", () => {
  const answer = (message: object) => readCompletion({ choices: [{ message }] }).text;

  it("is its text, without reasoning or a refusal", () => {
    expect(answer({ content: "Yes." })).toBe("Yes.");
    expect(answer({ content: "<think>Hm.</think>\nYes.", reasoning: "Hm." })).toBe("Yes.");
    expect(answer({ content: [{ type: "text", text: "Yes." }] })).toBe("Yes.");
    expect(answer({ content: null, refusal: "No." })).toBe("");
  });

  it("has no usage where that is zero", () => {
    const choices = [{ message: { content: "Yes." } }];
    const counted = { prompt_tokens: 3, completion_tokens: 2 };
    expect(readCompletion({ choices, usage: counted }).usage?.promptTokens).toBe(3);
    const zeros = { prompt_tokens: 0, completion_tokens: 0 };
    expect(readCompletion({ choices, usage: zeros }).usage).toBeUndefined();
  });

  it("is none where there is no choice, and an error where one is reported", () => {
    for (const value of [{}, null, "text", { choices: [] }, { choices: [null] }]) {
      expect(readCompletion(value)).toEqual({ text: "", usage: undefined });
    }
    expect(() => readCompletion({ error: { message: "no" } })).toThrow("ai_unavailable");
  });
});
