import { describe, expect, it } from "vitest";
import { scoreOf } from "../../bench/documents/score.ts";

describe("The score of a text against its reference", () => {
  it("counts words that are found, added and missing, each as often as it stands there", () => {
    const score = scoreOf("The rent, the RENT and the fee", "the rent; the rent: the deposit");
    expect(score).toEqual({ expected: 6, found: 7, matched: 5, ordered: 5 });
  });

  it("tells words that moved", () => {
    const score = scoreOf("three four one two", "one two three four");
    expect(score).toEqual({ expected: 4, found: 4, matched: 4, ordered: 2 });
  });

  it("sees no difference between forms of one character", () => {
    expect(scoreOf("ﬁne Cafe\u0301", "fine Café").matched).toBe(2);
  });

  it("counts nothing of a text without words", () => {
    expect(scoreOf("— …", "")).toEqual({ expected: 0, found: 0, matched: 0, ordered: 0 });
  });
});
