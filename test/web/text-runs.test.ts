import { expect, it } from "vitest";
import { runsOf } from "../../web/documents/text-runs.ts";

const part = (text: string, start = 0) => ({
  text,
  start,
  end: start + Array.from(text).length,
  regions: [],
});

it("A part of a text is divided at quoted words by code points, not by UTF-16 units", () => {
  const text = "😀😀 rent 𝒜 due";
  const runs = runsOf(part(text, 100), [{ start: 103, end: 107 }]);
  expect(runs.map(({ text, isQuoted }) => [text, isQuoted])).toEqual([
    ["😀😀 ", false],
    ["rent", true],
    [" 𝒜 due", false],
  ]);
});

it("Quoted words that go on in the next part are marked in both, and those of other parts in none", () => {
  const quoted = [{ start: 4, end: 12 }];
  const texts = (text: string, start: number) =>
    runsOf(part(text, start), quoted).map(({ text, isQuoted }) => (isQuoted ? `<${text}>` : text));
  expect(texts("The rent", 0)).toEqual(["The ", "<rent>"]);
  expect(texts(" is due.", 8)).toEqual(["< is >", "due."]);
  expect(texts(" Pay it.", 16)).toEqual([" Pay it."]);
});

it("Regions keep their kind where a quotation begins within them", () => {
  const regions = [{ start: 0, end: 8, kind: "struck_out" as const }];
  const runs = runsOf({ ...part("old term new term"), regions }, [{ start: 4, end: 12 }]);
  expect(runs.map(({ text, kind, isQuoted }) => ({ text, kind, isQuoted }))).toEqual([
    { text: "old ", kind: "struck_out", isQuoted: false },
    { text: "term", kind: "struck_out", isQuoted: true },
    { text: " new", kind: undefined, isQuoted: true },
    { text: " term", kind: undefined, isQuoted: false },
  ]);
});

it("An empty part has no runs", () => {
  expect(runsOf(part("", 7), [{ start: 0, end: 20 }])).toEqual([]);
});
