import fc from "fast-check";
import { expect, it } from "vitest";
import { signUp } from "../../support/client.ts";
import { pieces } from "../../support/hostile-text.ts";
import { storedEntries, tooSlow } from "../../support/stored-text.ts";

it(
  "Storing and searching a text takes bounded time, whatever it repeats",
  { timeout: 300_000 },
  async () => {
    const entries = await storedEntries(await signUp());
    const holds = fc.asyncProperty(pieces, async (from) => {
      expect(await tooSlow(entries, from)).toEqual([]);
    });
    await fc.assert(holds, { seed: 20_261, numRuns: 8, endOnFailure: true });
  },
);
