import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { firstWords, readTitle } from "../../src/features/titles/title-text.ts";

const titleOf = (answer: string) => readTitle(answer).title;

describe("the title in a model's answer", () => {
  it.each([
    // Reasoning; the shapes are those of public reports of other chat products.
    ["<think>\nThe user asks.\n</think>\n\nDeposit return", "Deposit return"],
    ["<think></think>Deposit return", "Deposit return"],
    ["<think><think>好的，用户</think>Deposit return", "Deposit return"],
    ["Okay, a title.\nIt should be short.\n</think>\nDeposit return", "Deposit return"],
    ["<thinking>Hm</thinking>\n**Deposit return**", "Deposit return"],
    ["<Think>Hm</Think> Deposit return", "Deposit return"],
    ["[THINK]Hm[/THINK]Deposit return", "Deposit return"],
    ["<|START_THINKING|>Hm<|END_THINKING|>Deposit return", "Deposit return"],
    [
      '<think>{"a":"b"}</think>{"suggested_name":"Deposit return","reasoning":"r"}',
      "Deposit return",
    ],
    [
      "<|channel|>analysis<|message|>Hm<|end|><|start|>assistant<|channel|>final<|message|>Deposit return",
      "Deposit return",
    ],
    // End tokens
    ["Deposit return<|im_end|>", "Deposit return"],
    ["Deposit return</s>", "Deposit return"],
    ["<s> Deposit return </s>", "Deposit return"],
    ["Deposit return<|eot_id|><|start_header_id|>user<|end_header_id|>And now?", "Deposit return"],
    ["Deposit return<｜end▁of▁sentence｜>", "Deposit return"],
    ["Deposit return<end_of_turn>", "Deposit return"],
    ["<|im_start|>assistant\nDeposit return<|im_end|>", "Deposit return"],
    // Fences
    ['```json\n{"suggested_name": "Deposit return", "reasoning": "r"}\n```', "Deposit return"],
    ['```\n{"title": "Deposit return"}', "Deposit return"],
    ["```\nDeposit return\n```", "Deposit return"],
    ["```text\nDeposit return", "Deposit return"],
    [
      'Here it is:\n~~~json\n{"suggested_name":"Deposit return"}\n~~~\nAnything else?',
      "Deposit return",
    ],
    // JSON
    ['{"suggested_name":"Deposit return","reasoning":"The qu', "Deposit return"],
    ['{"suggested_name":"Deposit return"', "Deposit return"],
    ['{"suggested_name": "Deposit return', "Deposit return"],
    ["{'suggested_name': 'Deposit return', 'reasoning': 'It''s so'}", "Deposit return"],
    ["{'suggested_name': 'Tenant's deposit', 'reasoning': 'r'}", "Tenant's deposit"],
    ['{"suggested_name": "The "old" lease", "reasoning": "r"}', 'The "old" lease'],
    ['{"title":"Deposit return"}', "Deposit return"],
    ['{"name":"title","parameters":{"suggested_name":"Deposit return"}}', "Deposit return"],
    ['{"reasoning":"About a title","suggested_name":"Deposit return"}', "Deposit return"],
    ['{"suggested_name":"R\\u00fcckgabe \\"heute\\"","reasoning":""}', 'Rückgabe "heute"'],
    ['{ suggested_name: "Deposit return" }', "Deposit return"],
    ['["Deposit return"]', "Deposit return"],
    ['Sure!\n{"suggested_name":"Deposit return","reasoning":"r"}\nBye.', "Deposit return"],
    ['{"suggested_name":"**Deposit return**"}', "Deposit return"],
    [
      '{"suggested_name":"Rent, deposit and notice","reasoning":"a, b"}',
      "Rent, deposit and notice",
    ],
    // Labels
    ["Title: Deposit return", "Deposit return"],
    ["**Title:** Deposit return", "Deposit return"],
    ["Title:\nDeposit return", "Deposit return"],
    ["Titel : Kaution", "Kaution"],
    ["标题：押金退还", "押金退还"],
    ["Suggested title: Deposit return", "Deposit return"],
    ["Sure! Here is the title: Deposit return", "Deposit return"],
    ["Here's a title for your conversation: Deposit return", "Deposit return"],
    // Markup
    ["**Deposit return**", "Deposit return"],
    ["# Deposit return", "Deposit return"],
    ["*Deposit* return", "Deposit return"],
    ["`Deposit return`", "Deposit return"],
    ["__Deposit return__", "Deposit return"],
    ["<title>Deposit return</title>", "Deposit return"],
    ["- Deposit return", "Deposit return"],
    // Chatter
    [
      "Sure! Here is a title for this conversation:\n\nDeposit return\n\nLet me know!",
      "Deposit return",
    ],
    ["Of course!\n\nDeposit return", "Deposit return"],
    ["Here are three options:\n1. Deposit return\n2. Lease end\n3. Rent", "Deposit return"],
    // Full stops
    ["Keeping the deposit.", "Keeping the deposit"],
    ["“Keeping the deposit.”", "Keeping the deposit"],
    ["敷金の返還。", "敷金の返還"],
    // Quotes
    ['"Deposit return"', "Deposit return"],
    ['"Deposit return".', "Deposit return"],
    ["“Deposit return”", "Deposit return"],
    ["«Restitution de la caution»", "Restitution de la caution"],
    ["„Rückgabe der Kaution“", "Rückgabe der Kaution"],
    ["「敷金の返還」", "敷金の返還"],
    ["『敷金の返還』", "敷金の返還"],
    ["'Tenant's deposit'", "Tenant's deposit"],
    ['"What is "force majeure""', 'What is "force majeure"'],
    ["'What is 'force majeure''", "What is 'force majeure'"],
    ['**"Title: Deposit return"**', "Deposit return"],
  ])("is extracted from %j", (answer, title) => {
    expect(titleOf(answer)).toBe(title);
  });

  it.each([
    "C* algebras",
    "C* and W* algebras",
    "How do <think> tags work?",
    "What does </think> mean?",
    "{Draft} lease notes",
    "{a, b} as a set",
    "Acme Inc.",
    "Smith v. Jones et al.",
    "Müller GmbH & Co.",
    "Rent in the U.S.",
    'What is "force majeure"',
    '"Force majeure" and war',
    '"As is" and "with all faults"',
    "“Time” and “place”",
    "Title insurance: what it covers",
    "Quiet title: steps",
    "[Draft] Lease",
    "C# basics",
    "#MeToo cases",
    "snake_case names",
    "2 * 3 * 4",
    "1. Mahnung und Kündigung",
    "Tenants' rights",
    "'90s leases",
    "Rent & deposit (2024)",
    "Привет: аренда",
    "What is `null`?",
    "Notice period: three months",
    "a < b > c",
  ])("is %j unchanged", (title) => {
    expect(titleOf(title)).toBe(title);
    const json = JSON.stringify({ suggested_name: title, reasoning: "It says so." });
    expect(readTitle(json)).toEqual({ title, reasoning: "It says so." });
    expect(titleOf(json.slice(0, -6))).toBe(title);
  });

  it.each([
    "",
    " \n",
    "<think>\nOkay, the user",
    "<think>",
    "```json",
    "```",
    '{"suggested_name',
    '{"suggested_name":',
    '{"suggested_name":""}',
    '{"suggested_name":null,"reasoning":"None fits."}',
    "{",
    "…",
    "**",
    '""',
    "<|im_end|>",
    "<|channel|>analysis<|message|>The user wants",
    "Here is the title:",
  ])("is none in %j", (answer) => {
    expect(titleOf(answer)).toBeUndefined();
  });

  it("is one line of at most 80 readable characters, whatever the answer is", () => {
    const odd = fc.constantFrom(
      "<think>",
      "</think>",
      "```",
      "{",
      '"',
      "'",
      ":",
      "\\",
      "\n",
      "**",
      "\ud800",
      "\0",
    );
    const answer = fc.array(fc.oneof(odd, fc.string({ unit: "binary" })), { maxLength: 12 });
    fc.assert(
      fc.property(
        answer.map((pieces) => pieces.join("")),
        (text) => {
          const title = titleOf(text) ?? "a";
          expect(title).toMatch(/^(?=.*[\p{L}\p{N}])[^\n\0]+$/u);
          expect(Array.from(title).length).toBeLessThanOrEqual(80);
          expect(title.isWellFormed()).toBe(true);
        },
      ),
    );
  });

  it("is cut between words where it is too long", () => {
    expect(titleOf("word ".repeat(30))).toBe("word ".repeat(16).trim());
  });
});

describe("the first words of a user message", () => {
  it.each([
    ["May a landlord keep the deposit?", "May a landlord keep the deposit?"],
    ["  May\n\na landlord  keep it? ", "May a landlord keep it?"],
    [
      "May a landlord keep the whole deposit, where the lease says nothing of it at all?",
      "May a landlord keep the whole deposit, where the lease says",
    ],
    ["押金可以全部扣留吗".repeat(12), undefined],
    ["ผู้ให้เช่าสามารถเก็บเงินมัดจำได้หรือไม่".repeat(4), undefined],
    ["x".repeat(100), "x".repeat(60)],
  ])("of %j", (question, words) => {
    const title = firstWords(question) ?? "";
    expect(Array.from(title).length).toBeLessThanOrEqual(60);
    expect(Array.from(title).length).toBeGreaterThan(4);
    expect(title).toBe(words ?? question.slice(0, title.length));
  });

  it("are none where there is no word", () => {
    expect(firstWords(" \n …!? ")).toBeUndefined();
  });
});
