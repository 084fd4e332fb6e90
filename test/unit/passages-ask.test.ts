import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { termsOf } from "../../src/features/retrieval/question-terms.ts";
import { definedTerms } from "../../src/features/retrieval/definitions.ts";
import { guessLanguage } from "../../src/features/retrieval/language.ts";
import { partOfLine, referencesIn } from "../../src/features/retrieval/part-references.ts";
import { marksOf } from "../../src/features/retrieval/passage-marks.ts";
import { indexedWords, wordsOfName } from "../../src/features/retrieval/words.ts";
import { cpuMs } from "../support/hostile-text.ts";

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
        const words = terms.filter(({ kind }) => kind !== "mark");
        for (const { text } of words) expect(text).toMatch(pattern);
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

describe("a part of a document", () => {
  it.each([
    ["What does clause 7.2 say?", ["7.2"]],
    ["7.2", ["7.2"]],
    ["Summarise Sections 4 and Article IV of it", ["4", "4"]],
    ["Was steht in § 12?", ["12"]],
    ["What is in Schedule B, and in Exhibit 10.1?", ["schedule b", "exhibit 10.1", "10.1"]],
    ["Compare Schedules A and Annexes B", ["schedule a", "annex b"]],
    ["Read me page 14", ["page 14"]],
    ["Is it due within 5 days, at 3.5% or $1.50?", []],
    ["What about the parties?", []],
  ])("is found in a question: %s", (question, keys) => {
    expect(referencesIn(question)).toEqual([...new Set(keys)]);
  });

  it.each([
    ["7.2 The Tenant shall pay.", "7.2"],
    ["7. Term", "7"],
    ["ARTICLE IV", "4"],
    ["Section 12.3(a) Notices", "12.3"],
    ["SCHEDULE B – Fees", "schedule b"],
    ["5 days after the notice", undefined],
    ["in Section 4", undefined],
  ])("is known by the beginning of its line: %s", (line, key) => {
    expect(partOfLine(line)).toBe(key);
  });

  it("marks the passage that begins it more strongly than those below it", () => {
    const passage = {
      ordinal: 0,
      start: 0,
      end: 1,
      page: 3,
      headings: ["7. Term"],
      text: "7.2 Notice",
    };
    expect(marksOf(passage)).toEqual(
      new Map([
        ["part:page 3", 0.6],
        ["part:7", 0.5],
        ["part:7.2", 1],
      ]),
    );
  });
});

describe("a defined term", () => {
  it.each([
    ["“Affiliate” means any entity.", ["affiliate"]],
    ['"Net Sales" shall mean the gross amount.', ["net sales"]],
    ["Acme Ltd (collectively, the “Services Provider”)", ["services provider"]],
    ["„Werk“ bezeichnet das Ergebnis.", ["werk"]],
    ["He said “no” to it.", []],
  ])("is found in %s", (text, terms) => {
    expect(definedTerms(text)).toEqual(terms);
  });

  it("is searched for by the words of a question", () => {
    const terms = termsOf("What are Net Sales?").filter(({ kind }) => kind === "mark");
    expect(terms.map(({ text }) => text)).toContain("term:net sales");
  });

  it("is searched for in a question of many words too", () => {
    const question = `Is ${"a b c d e f g h ".repeat(4)} Affiliate?`;
    const terms = termsOf(question).filter(({ kind }) => kind === "mark");
    expect(terms.map(({ text }) => text)).toContain("term:affiliate");
  });

  it("and a part are searched for in linear time", async () => {
    const texts = ["(the “", "“a” means ", "Section 4 ", "7.2.1.", "(".repeat(50)];
    for (const piece of texts) {
      const text = piece.repeat(Math.ceil(200_000 / piece.length));
      const passage = { ordinal: 0, start: 0, end: 1, page: 1, headings: [text], text };
      expect(await cpuMs(() => marksOf(passage)), piece).toBeLessThan(1_000);
      expect(await cpuMs(() => referencesIn(text)), piece).toBeLessThan(1_000);
    }
  });
});

it("A word that a hyphen divides at the end of a line is also the whole word", () => {
  const words = indexedWords("shall indem-\nnify for non-\n Payment of self-\ninsured").written;
  expect(words.split(" ")).toEqual(expect.arrayContaining(["indem", "indemnify", "selfinsured"]));
});

describe("a number", () => {
  it.each([
    ["3,000.00", "3000"],
    ["3.000,00", "3000"],
    ["3 000", "3000"],
    ["1'234'567.50", "1234567zx50"],
    ["7.2", "7zx2"],
  ])("with separators is one word too: %s", (text, word) => {
    expect(indexedWords(`It is ${text} in all`).written.split(" ")).toContain(word);
    expect(wordsOf(`Is it ${text}?`)).toContain(word);
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
