import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { termsOf } from "../../src/features/retrieval/question-terms.ts";
import { conceptsAsked, conceptsIn } from "../../src/features/retrieval/concepts.ts";
import { guessLanguage } from "../../src/features/retrieval/language.ts";
import { wordsOfName, writtenWords } from "../../src/features/retrieval/words.ts";

const wordsOf = (query: string) =>
  termsOf(query)
    .filter(({ kind, weight }) => kind === "word" && weight === 1)
    .map(({ text }) => text);

describe("a question", () => {
  it("is searched for by its significant words", () => {
    expect(wordsOf("What does the contract say about rent arrears?")).toEqual([
      "about",
      "rent",
      "arrears",
    ]);
  });

  it("may name the contract first, whose name is not what is asked", () => {
    const query =
      "Consider the Lease between Quill Press and Harbour Estates; Who repairs the roof?";
    expect(wordsOf(query)).toEqual(["repairs", "roof"]);
    const names = termsOf(query).filter(({ kind, weight }) => kind === "name" && weight === 1);
    expect(names.map(({ text }) => text)).toContain("harbour");
  });

  it("has terms of letters and digits alone, and not too many, whatever it is", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 2_000 }), (query) => {
        const terms = termsOf(query);
        expect(terms.length).toBeLessThan(600);
        // Planes of ideographs contain characters that are not assigned yet.
        const pattern = /^[\p{L}\p{M}\p{N}_\u{20000}-\u{3ffff}]+$/u;
        for (const { text } of terms) expect(text).toMatch(pattern);
      }),
    );
  });

  it("is searched for with and without its diacritics", () => {
    expect(wordsOf("Kündigung schriftlich")).toEqual(["kündigung", "schriftlich", "kundigung"]);
    const long = Array.from({ length: 64 }, (_, index) => `é${index}`).join(" ");
    expect(wordsOf(long)).toContain("e63");
  });

  it("is divided where any script ends a sentence", () => {
    expect(wordsOf("关于租赁合同。押金？")).toEqual(["押金"]);
    expect(wordsOf("عقد الإيجار. الثمن؟ انتهى.")).toContain("ثم");
    expect(wordsOf("عقد الإيجار. الثمن؟ انتهى.")).not.toContain("عق");
  });

  it("of nothing but interrogatives is searched for by those", () => {
    expect(wordsOf("What is this agreement?")).toContain("agreement");
  });
});

describe("a legal concept", () => {
  const plain = (text: string) => writtenWords(text).join(" ");
  const asked = (question: string) => conceptsAsked(plain(question)).map(({ name }) => name);
  const found = (text: string, titles = "") =>
    conceptsIn(plain(text), plain(titles)).map(({ name }) => name);

  it.each([
    [
      "Which law governs it?",
      "governed",
      "This Lease is construed in accordance with the laws of Ireland.",
      "governing_law",
    ],
    [
      "Is liability capped?",
      "",
      "In no event shall liability exceed the fees paid.",
      "liability_cap",
    ],
    [
      "May the contract be transferred or assigned?",
      "",
      "Neither party may assign it without consent.",
      "assignment",
    ],
    [
      "Can either side end it without cause?",
      "",
      "Either party may terminate for convenience on 30 days notice.",
      "termination_for_convenience",
    ],
    [
      "Must copies be returned or destroyed?",
      "",
      "On request the Recipient returns all copies.",
      "return_or_destruction",
    ],
    ["Do duties survive?", "", "Clauses 4 and 5 survive the end of this Agreement.", "survival"],
  ])("is found where the words differ: %s", (question, titles, clause, name) => {
    expect(asked(question)).toContain(name);
    expect(found(clause, titles)).toContain(name);
  });

  it("is not found in every clause", () => {
    expect(found("The Tenant keeps the inside clean.")).toEqual([]);
    expect(asked("Who cleans the stairs?")).toEqual([]);
  });

  it("is searched for in linear time", () => {
    const words = "may not assign or transfer any right of first ".repeat(2_000);
    const startedAt = performance.now();
    conceptsIn(words, words);
    expect(performance.now() - startedAt).toBeLessThan(5_000);
  });
});

describe("the language of a text", () => {
  it.each([
    ["english", "The party shall not be liable for any loss that is caused by the other."],
    [
      "german",
      "Der Mieter ist nicht berechtigt, die Wohnung ohne Erlaubnis des Vermieters zu verlassen.",
    ],
    ["french", "Le locataire ne peut pas céder le bail sans l'accord du bailleur et des voisins."],
    [
      "spanish",
      "El arrendatario no podrá ceder el contrato sin el consentimiento de la otra parte.",
    ],
    ["dutch", "De huurder mag het contract niet overdragen zonder toestemming van de verhuurder."],
    ["german", "Das ist für über\u00addies nur für den und für die".normalize("NFD")],
    ["simple", "合同条款。"],
    ["simple", "4711 0815 GmbH"],
  ])("%s", (language, text) => {
    expect(guessLanguage(text)).toBe(language);
  });
});

it("The words of a file's name are its parts, joined and apart, in both forms", () => {
  const { written, folded } = wordsOfName("DataUse_Kündigung_20140520_v2.pdf".normalize("NFD"));
  expect(written.split(" ")).toEqual(
    expect.arrayContaining(["datause", "data", "use", "kündigung", "v2"]),
  );
  expect(folded.split(" ")).toEqual(expect.arrayContaining(["datause", "kundigung", "v2"]));
  expect(`${written} ${folded}`).not.toContain("20140520");
});
