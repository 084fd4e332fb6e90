import { expect, it } from "vitest";
import { questionOf } from "../../src/features/retrieval/question-terms.ts";

it.each([
  [
    "In the lease between Harbour Estates and Quill Press; who repairs the roof?",
    "who repairs the roof?",
  ],
  [
    "I rent a flat in Cork. May the landlord enter without notice? Thanks.",
    "May the landlord enter without notice?",
  ],
  ["What is the notice period", "What is the notice period"],
  ["Tell me about the deposit. Thanks!", "Tell me about the deposit. Thanks!"],
  ["Why?", "Why?"],
  ["", ""],
])("What is asked in %j is %j", (query, question) => {
  expect(questionOf(query)).toBe(question);
});
