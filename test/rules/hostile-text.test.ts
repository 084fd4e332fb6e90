import fc from "fast-check";
import { expect, it } from "vitest";
import { signUp } from "../support/client.ts";
import { growthOf, pieces } from "../support/hostile-text.ts";
import { storedEntries, tooSlow } from "../support/stored-text.ts";
import { DOCUMENT_ENTRIES, MESSAGE_ENTRIES } from "../support/text-entries.ts";

/** How many texts, and from which seed: other values search for further problems. */
const { HOSTILE_TEXTS = "100", HOSTILE_SEED = "20262" } = process.env;
const RUNS = { numRuns: Number(HOSTILE_TEXTS), seed: Number(HOSTILE_SEED), endOnFailure: true };
const TIMEOUT = { timeout: 3_600_000 };

it.each([
  ["a message", MESSAGE_ENTRIES, 32_000],
  ["a document or an answer", DOCUMENT_ENTRIES, 64_000],
])("The time of %s grows linearly with the text", TIMEOUT, async (_, entries, length) => {
  const holds = fc.asyncProperty(pieces, async (from) => {
    for (const [name, read] of Object.entries(entries)) {
      expect(await growthOf(read, from, length), name).toBeUndefined();
    }
  });
  await fc.assert(holds, RUNS);
});

it("Postgres stores and searches any text in bounded time", TIMEOUT, async () => {
  const entries = await storedEntries(await signUp());
  const holds = fc.asyncProperty(pieces, async (from) => {
    expect(await tooSlow(entries, from)).toEqual([]);
  });
  await fc.assert(holds, RUNS);
});
