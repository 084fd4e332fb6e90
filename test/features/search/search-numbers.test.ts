import { beforeAll, expect, it } from "vitest";
import { type Body, platformUrl, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { readyFile } from "../../support/files.ts";
import { indexDocument } from "../../support/indexing.ts";

const CONTRACT = `1. Fees
The Customer pays the fee that clause 7.2 names, and no more than clause 7.2 allows, subject to clause 7.2.

2. Term
This Agreement begins on 1 March. See clause 7.2, and Schedule B, for what follows from its end.

7. Liability

7.1 The liability of either party for damage to property is limited to EUR 1,250,000.50.

7.2 The liability of either party for all other damage is limited to USD 3,000.00 for each year.

SCHEDULE B
Deliverables
The Supplier hands over all drawings.
`;

let ada: SignedIn;
let fileId: string;
beforeAll(async () => {
  ada = await signUp();
  fileId = await newDocument(ada, [CONTRACT], { name: "supply.txt" });
  await indexDocument(fileId);
});

async function firstHit(q: string): Promise<Body> {
  const search = new URLSearchParams({ q, file_id: fileId });
  const { status, body } = await ada.get(`/search?${search.toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.hits[0];
}

const wordsAt = ({ start, end }: Body) => Array.from(CONTRACT).slice(start, end).join("");

it.each([
  ["3000", "USD 3,000.00"],
  ["3,000", "USD 3,000.00"],
  ["3.000,00", "USD 3,000.00"],
  ["1250000.50", "EUR 1,250,000.50"],
])("A search for %s finds the amount however its digits are grouped", async (q, words) => {
  expect(wordsAt(await firstHit(q))).toContain(words);
});

it.each([
  ["7.2", "7.2 The liability"],
  ["clause 7.2", "7.2 The liability"],
  ["what does section 7.1 say?", "7.1 The liability"],
  ["Schedule B", "SCHEDULE B"],
])("A search for %s has the part itself first, not those that refer to it", async (q, words) => {
  expect(wordsAt(await firstHit(q))).toContain(words);
});

it("A hit in a table of CSV carries its header", async () => {
  const rows = Array.from(
    { length: 60 },
    (_, index) => `Tenant ${index},Flat ${index},${900 + index}`,
  );
  const uploader = await signUp("Uploader", platformUrl);
  const file = await readyFile(
    uploader,
    `Name,Flat,Monthly rent\n${rows.join("\n")}\n`,
    "rents.csv",
  );
  const search = new URLSearchParams({ q: "Tenant 42", file_id: file.id });
  const { body } = await uploader.get(`/search?${search.toString()}`);
  expect(body.hits[0].snippet).toContain("42");
  expect(body.hits[0].headings).toEqual(["Name,Flat,Monthly rent"]);
});
