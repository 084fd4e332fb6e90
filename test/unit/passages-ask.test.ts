import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { termsOf } from "../../src/features/retrieval/ask.ts";
import { conceptsAsked, conceptsIn } from "../../src/features/retrieval/concepts.ts";
import { guessLanguage } from "../../src/features/retrieval/language.ts";
import { plainWords, wordsOfName } from "../../src/features/retrieval/words.ts";

const wordsOf = (query: string) =>
  termsOf(query)
    .filter(({ kind, weight }) => kind === "word" && weight === 1)
    .map(({ text }) => text);

describe("a question", () => {
  it("is looked for by the words that say something", () => {
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
        for (const { text } of terms) expect(text).toMatch(/^[\p{L}\p{M}\p{N}_]+$/u);
      }),
    );
  });

  it("of nothing but asking words is taken at its word", () => {
    expect(wordsOf("What is this agreement?")).toContain("agreement");
  });
});

describe("a concept of law", () => {
  const asked = (question: string) => conceptsAsked(plainWords(question)).map(({ name }) => name);
  const found = (text: string, titles = "") =>
    conceptsIn(plainWords(text), plainWords(titles)).map(({ name }) => name);

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

  it("is looked for in linear time", () => {
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
    ["simple", "合同条款。"],
    ["simple", "4711 0815 GmbH"],
  ])("%s", (language, text) => {
    expect(guessLanguage(text)).toBe(language);
  });
});

describe("plain words", () => {
  it("hold nothing that a parser takes for a path, a host or a file", () => {
    expect(plainWords("and/or e-mail: Ada@example.com (10-Q), Tenant’s")).toBe(
      "and or e mail ada example com 10 q tenant s",
    );
  });

  it("of a script without blanks are its pairs of signs", () => {
    expect(plainWords("合同条款")).toBe("合同 同条 条款");
  });

  it("of a file's name are its parts, joined and apart", () => {
    expect(wordsOfName("DataUse_Agreement_20140520_v2.pdf").split(" ")).toEqual(
      expect.arrayContaining(["datause", "data", "use", "agreement", "v2"]),
    );
  });
});
