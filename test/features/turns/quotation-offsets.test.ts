import { expect, it } from "vitest";
import { type Body, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { query } from "../../support/postgres.ts";
import { script } from "../../support/provider.ts";

const LEASE = [
  "1. The Tenant shall pay a rent of $1,500 on the first day of each month.\n\n",
  "2. The deposit of $3,000 is to be returned within thirty days of the end of the term.\n\n",
];

it("An answer says where each quotation stands in it, in code points, and the number of its marker", async () => {
  const ada = await signUp();
  const lease = await newDocument(ada, LEASE);
  const tokens = [
    "𝒳𝒳 It says “the Tenant shall pay a rent” [1].\n\n> returned within\n> thirty days [2]\n\n",
    "Again “the Tenant shall pay a rent” [1], and 😀 “the term is ten years” [2]; “the term is ten years” [1].",
  ];
  const marker = await script({ kind: "answer", tokens });
  const { body } = await ada.post("/chat", { content: marker, file_ids: [lease] });
  const { content, metadata } = body.ai_response;
  const shown = ({ number, answer_start: start, answer_end: end }: Body) => [
    number,
    Array.from<string>(content).slice(start, end).join(""),
  ];
  expect(metadata.citations.map(shown)).toEqual([
    [1, "the Tenant shall pay a rent"],
    [2, "returned within\n> thirty days"],
  ]);
  expect(metadata.unverified_quotes.map(shown)).toEqual([[2, "the term is ten years"]]);
  const [first] = metadata.citations;
  expect(first.answer_start).toBe(Array.from("𝒳𝒳 It says “").length);
  const { body: read } = await ada.get(`/chats/${body.chat_id}/messages`);
  expect(read[1].metadata.citations).toEqual(metadata.citations);

  // As an earlier version stored it.
  await query(
    `UPDATE messages SET metadata = metadata || '{"unverified_quotes":[{"text":"old"}]}'::jsonb WHERE id = $1`,
    [body.ai_response.id],
  );
  const { body: old } = await ada.get(`/chats/${body.chat_id}/messages`);
  expect(old[1].metadata.unverified_quotes).toEqual([{ text: "old" }]);
});
