import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { foldedWords, indexedWords, writtenWords } from "../../src/features/retrieval/words.ts";
import { cpuMs } from "../support/hostile-text.ts";

describe("the words of a document", () => {
  it("contain nothing that a parser takes for a path, a host or a file", () => {
    expect(writtenWords("and/or e-mail: Ada@example.com (10-Q), Tenant’s x_y")).toEqual(
      "and or e mail ada example com 10 q tenant s x y".split(" "),
    );
  });

  it.each([
    ["diacritics", "Résiliation du DÉPÔT", "résiliation du dépôt", "resiliation du depot"],
    ["decomposed ones", "de\u0301po\u0302t", "dépôt", "depot"],
    ["a sharp s", "Straße", "straße", "strasse"],
    ["full width", "ＬＥＡＳＥ", "lease", "lease"],
    ["ligatures", "oﬃce ﬁle", "office file", "office file"],
    ["a soft hyphen", "inden\u00adture", "indenture", "indenture"],
    ["a blank of no width", "inden\u200bture", "indenture", "indenture"],
    ["Vietnamese", "Tiền đặt cọc", "tiền đặt cọc", "tien dat coc"],
    ["Greek", "ΣΎΜΒΑΣΗΣ", "σύμβασης", "συμβασησ"],
    ["Chinese", "合同条款 of A", "of a", "合同 同条 条款 of a 合 同 条 款"],
    ["half-width kana", "ﾌﾞﾛｯｸ", "", "ブロ ロッ ック ブ ロ ッ ク"],
    ["Arabic with vowels", "العَقْدُ", "", "ال لع عق قد ا ل ع ق د"],
    ["decomposed Korean", "보증금".normalize("NFD"), "", "보증 증금 보 증 금"],
    ["Hebrew with points", "שָׁלוֹם", "", "של לו ום ש ל ו ם"],
    ["Myanmar", "စာချုပ်", "", "စာ ာခ ချ ျု ုပ ပ် စ ာ ခ ျ ု ပ ်"],
    ["Myanmar sentences", "ရပ်။ စာ၊ ခ", "", "ရပ ပ် စာ ခ ရ ပ ် စ ာ ခ"],
    ["Tibetan signs", "ཀ྅ཁ", "", "ཀ ཁ ཀ ཁ"],
    ["a word broken at the end of a line", "退还押  \r\n金", "", "退还 还押 押金 退 还 押 金"],
    ["lines of their own", "押金\n\n租金", "", "押金 租金 押 金 租 金"],
  ])("have two forms: %s", (_, text, written, folded) => {
    expect(indexedWords(text)).toMatchObject({ written, folded });
  });

  it("are found by the search terms of the same text, whatever it is", () => {
    const text = fc.string({ unit: "grapheme", maxLength: 200 });
    fc.assert(
      fc.property(text, (given) => {
        const { folded } = indexedWords(given);
        expect(folded.split(" ")).toEqual(
          expect.arrayContaining(foldedWords(given).filter(Boolean)),
        );
      }),
    );
  });

  it("are no more than a few times the text, and take linear time, whatever it repeats", async () => {
    const pieces = [
      "\ufdfa",
      "㌀",
      "押",
      "e\u0301",
      "a",
      "押 \n",
      "押\t\t",
      "\u0301",
      "한",
      "\u200b",
    ];
    for (const piece of pieces) {
      const text = piece.repeat(100_000 / piece.length);
      expect(await cpuMs(() => indexedWords(text)), piece).toBeLessThan(5_000);
      const { written, folded } = indexedWords(text);
      expect(written.length + folded.length, piece).toBeLessThan(15 * text.length);
      const longest = folded.split(" ").reduce((most, word) => Math.max(most, word.length), 0);
      expect(longest, piece).toBeLessThanOrEqual(100);
    }
  });
});
