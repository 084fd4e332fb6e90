import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { DocumentText, type Range } from "../../src/features/citations/document-text.ts";
import { locate } from "../../src/features/citations/locate.ts";
import type { RegionKind, TextRegion } from "../../src/lib/text-regions.ts";
import { toNormal } from "../../src/features/citations/normal-form.ts";
import { cpuMs } from "../support/hostile-text.ts";

const at = (text: string) => new DocumentText([{ page: 1, start: 0, text }]);
const find = (text: string, quote: string, near?: Range[]) => locate(at(text), quote, near)?.quote;

describe("a quotation", () => {
  const LEASE =
    "1. The Tenant shall pay the agree-\nment’s rent of $1,500 within 15 days—no later.\n\n" +
    "2. The deposit is non-refundable “save as provided” in Clause 3.\u00a0 It  bears\tno interest.";

  it.each([
    ["as it stands", "shall pay the agree-\nment’s rent", "shall pay the agree-\nment’s rent"],
    ["with other white space", "It bears no\ninterest", "It  bears\tno interest"],
    ["without the hyphen of a line", "the agreement's rent of", "the agree-\nment’s rent of"],
    [
      "in other quotation marks",
      'non-refundable "save as provided" in',
      "non-refundable “save as provided” in",
    ],
    ["with another dash and case", "WITHIN 15 DAYS - NO LATER", "within 15 days—no later"],
    [
      "with a stop that is not there",
      "The deposit is non-refundable.",
      "The deposit is non-refundable",
    ],
    ["with the stop that is there", "bears no interest.", "bears\tno interest."],
    ["with emphasis", "The **Tenant** shall pay", "The Tenant shall pay"],
    ["with a letter in brackets", "[T]he tenant shall pay", "The Tenant shall pay"],
    [
      "with an omission",
      "The Tenant shall pay … within 15 days",
      "The Tenant shall pay the agree-\nment’s rent of $1,500 within 15 days",
    ],
    [
      "with an omission in brackets",
      "The deposit is [...] in Clause 3",
      "The deposit is non-refundable “save as provided” in Clause 3",
    ],
    ["from one clause to the next", "no later. 2. The deposit", "no later.\n\n2. The deposit"],
    ["between ellipses", "…shall pay the agreement’s rent…", "shall pay the agree-\nment’s rent"],
  ])("is found %s", (_, quote, words) => {
    expect(find(LEASE, quote)).toBe(words);
  });

  it.each([
    ["a number that is cut", "5 days—no later"],
    ["another number", "rent of $1,500 within 16 days"],
    ["a part of a number", "rent of $1"],
    ["a word that is cut", "refundable save as provided"],
    ["words that are not there", "shall pay the landlord’s rent"],
    ["words in another order", "pay shall the Tenant the rent"],
    ["parts in another order", "The deposit is … the Tenant shall pay"],
    ["a word that stands there, but not near", "deposit"],
    ["nothing", "…"],
  ])("is not found: %s", (_, quote) => {
    expect(find(LEASE, quote)).toBeUndefined();
  });

  it("of one word is found at the passage that it refers to", () => {
    expect(find(LEASE, "deposit", [{ start: 80, end: 160 }])).toBe("deposit");
    expect(find(LEASE, "deposit", [{ start: 0, end: 20 }])).toBeUndefined();
  });

  it("that stands in several passages is the nearest one, else the exact one", () => {
    const text = "the rent is due now. THE RENT IS DUE now. The rent is due now.";
    expect(locate(at(text), "The rent is due")?.start).toBe(42);
    expect(locate(at(text), "The rent is due", [{ start: 20, end: 30 }])?.start).toBe(21);
  });

  it("is located in code points of the document, and by the page that it begins on", () => {
    const parts = [
      { page: 7, start: 1_000, text: "𝒳𝒴 ends the" },
      { page: 8, start: 1_011, text: " page 𝒵 and goes on" },
    ];
    const found = locate(new DocumentText(parts), "ends the page 𝒵 and");
    expect(found).toEqual({ page: 7, start: 1_003, end: 1_022, quote: "ends the page 𝒵 and" });
  });

  it("of another script is found without spaces between words", () => {
    expect(find("家賃は毎月末日\nまでに支払う。", "毎月末日までに支払う")).toBe(
      "毎月末日\nまでに支払う",
    );
    expect(find("оплата производится ежемесячно", "Оплата производится")).toBe(
      "оплата производится",
    );
    expect(find("cafe\u0301 de la gare est ouvert", "café de la gare")).toBe(
      "cafe\u0301 de la gare",
    );
    expect(find("the ﬁnal ﬁling ofﬁce", "final filing office")).toBe("ﬁnal ﬁling ofﬁce");
    expect(find("say ＜passage＞ and go", "say <passage> and go")).toBe("say ＜passage＞ and go");
  });
});

describe("a quotation in a filing", () => {
  const region = (text: string, words: string, kind: RegionKind): TextRegion => {
    const start = Array.from(text.slice(0, text.indexOf(words))).length;
    return { start, end: start + Array.from(words).length, kind };
  };
  const PAGES =
    "The supplier shall indemnify the\n[Footer] Page 1 of 2\n¹ See Schedule 4.\n" +
    "[Header] Master Agreement\ncustomer¹ against 10⁶ claims of ≥ 1½ times the fee.";
  const REGIONS = [
    region(PAGES, "Page 1 of 2", "footer"),
    region(PAGES, "¹ See Schedule 4.", "note"),
    region(PAGES, "Master Agreement", "header"),
  ];
  const filed = new DocumentText([{ page: 1, start: 0, text: PAGES, regions: REGIONS }]);

  it("is found across the end of a page, with footer, note and header between", () => {
    const found = locate(filed, "shall indemnify the customer against");
    expect(found?.quote).toMatch(/^shall indemnify the\n.*customer¹ against$/s);
    expect(found).not.toHaveProperty("region");
  });

  it("of a note or a header is found too, with its region", () => {
    expect(locate(filed, "See Schedule 4.", [{ start: 30, end: 80 }])).toMatchObject({
      quote: "See Schedule 4.",
      region: "note",
    });
    const header = locate(filed, "Master Agreement", [{ start: 60, end: 120 }]);
    expect(header).toMatchObject({ quote: "Master Agreement", region: "header" });
  });

  it("of struck-out words is marked so, and prefers words that apply", () => {
    const struck = "Rent is due yearly; rent is due monthly!";
    const text = `[Struck out] ${struck}\nRent is due monthly in advance.`;
    const regions = [region(text, struck, "struck_out")];
    const document = new DocumentText([{ page: 1, start: 0, text, regions }]);
    expect(locate(document, "rent is due monthly")).not.toHaveProperty("region");
    expect(locate(document, "Rent is due yearly")?.region).toBe("struck_out");
  });

  it.each([
    ["over a note mark", "indemnify the customer against"],
    ["with an exponent", "customer against 10^6 claims of"],
    ["with a sign in ASCII", "claims of >= 1 1/2 times the fee"],
    ["with an aside of the writer", "the customer against (emphasis added) 10⁶ claims"],
    ["with [sic]", "the customer against [sic] 10⁶ claims"],
    ["with a link", "the [customer](https://example.com/a?b=c) against 10⁶ claims"],
  ])("is found %s", (_, quote) => {
    expect(locate(filed, quote)?.quote).toMatch(/customer¹|claims/);
  });

  it("converts the offsets of many regions in time that grows with the text", async () => {
    const text = "words and a note ".repeat(60_000);
    const regions = Array.from({ length: 50_000 }, (_, index) => ({
      start: index * 20,
      end: index * 20 + 3,
      kind: "note" as const,
    }));
    const parts = [{ page: 1, start: 0, text, regions }];
    expect(
      await cpuMs(() => locate(new DocumentText(parts), "words that are not there")),
    ).toBeLessThan(3_000);
  });

  it.each([
    [
      "before the mark of an endnote",
      "agree to terminationⁱ of it",
      "the parties agree to termination",
    ],
    ["with a fraction slash", "at 1⁄2 percent of the fee", "at 1/2 percent of the fee"],
  ])("is found %s", (_, words, quote) => {
    expect(find(`Here the parties ${words}.`, quote)).toBeDefined();
  });

  it("does not take words in brackets for the target of a link", () => {
    expect(find("See [Clause 5](b) of the lease", "See Clause 5 of the lease")).toBeUndefined();
  });

  it.each([
    ["the number without its exponent", "against 10 claims of"],
    ["the exponent as digits", "against 106 claims of"],
    ["another fraction", "claims of >= 11/2 times the fee"],
  ])("is not found: %s", (_, quote) => {
    expect(locate(filed, quote)).toBeUndefined();
  });

  it.each(["…", "...", "[…]", ". . . .", "* * *", "[* * *]"])(
    "with %s shows what it leaves out",
    (ellipsis) => {
      const text = "The Tenant shall not, without consent, assign this Lease.";
      const found = locate(at(text), `The Tenant shall ${ellipsis} assign this Lease`);
      expect(found).toMatchObject({
        quote: "The Tenant shall not, without consent, assign this Lease",
        elided: true,
        parts: [
          { start: 0, end: 16, quote: "The Tenant shall" },
          { start: 39, end: 56, quote: "assign this Lease" },
        ],
      });
    },
  );

  it("whose ellipsis omits only white space is not elided", () => {
    const found = locate(at("The Tenant shall pay the rent."), "The Tenant shall … pay the rent");
    expect(found).toEqual({ page: 1, start: 0, end: 29, quote: "The Tenant shall pay the rent" });
  });

  it("of a pleading with numbered lines passes over the numbers", () => {
    const lines = [
      "The court finds that",
      "the defendant has not",
      "shown good cause, and",
      "denies the motion",
      "in its entirety.",
    ];
    const text = lines.map((line, index) => `${index + 24}  ${line}`).join("\n");
    expect(find(text, "the defendant has not shown good cause, and denies")).toBe(
      "the defendant has not\n26  shown good cause, and\n27  denies",
    );
    expect(find("1 Rent\n2 Deposit\n3 Term", "Rent Deposit Term of it")).toBeUndefined();
  });

  it("from a Markdown document skips link targets", () => {
    const text = "Subject to [Section 4](#section-4), the [Buyer](/d) shall pay.";
    expect(find(text, "Subject to Section 4, the Buyer shall pay")).toBe(text.slice(0, -1));
  });
});

const word = fc.stringMatching(/^[a-zé]{2,9}$/);
const sentence = fc
  .array(word, { minLength: 6, maxLength: 20 })
  .map((words) => `${words.join(" ")}. `);
const documentText = fc.array(sentence, { minLength: 2, maxLength: 8 }).map((all) => all.join(""));

/** How a model, a printer or a copy may change the same words. */
const mangles: ((text: string) => string)[] = [
  (text) => text,
  (text) => text.replaceAll(" ", "\n"),
  (text) => text.replaceAll(" ", " \u00a0 "),
  (text) => text.toUpperCase(),
  (text) => text.normalize("NFD"),
  (text) => text.replace(/(\p{L}{2})(\p{L}{2})/u, "$1-\n$2"),
  (text) => text.replace(/ (\p{L}+) /u, " “$1” "),
  (text) => text.replace(/(\p{L}+)/u, "**$1**"),
];

describe("whatever the document", () => {
  it("a quotation cut from it, and mangled, is found, and its words are the document's", () => {
    const cut = fc.tuple(documentText, fc.nat(), fc.integer({ min: 3, max: 8 }), fc.nat());
    fc.assert(
      fc.property(cut, ([text, from, count, how]) => {
        const words = [...text.matchAll(/\p{L}+/gu)];
        const first = from % (words.length - count);
        const [begin, last] = [words[first], words[first + count - 1]];
        const start = begin?.index ?? 0;
        const end = (last?.index ?? 0) + (last?.[0].length ?? 0);
        const quote = text.slice(start, end);
        fc.pre(toNormal(quote).units.length >= 12);
        const mangle = mangles[how % mangles.length] ?? String;
        const found = locate(at(text), mangle(quote), [{ start, end }]);
        expect(found).toMatchObject({ start, end, quote });
      }),
    );
  });

  it("an absent quotation is never found, and a found one is there", () => {
    fc.assert(
      fc.property(documentText, sentence, (text, quote) => {
        const found = locate(at(text), quote);
        const isThere = String(toNormal(text).units).includes(String(toNormal(quote.trim()).units));
        return found ? isThere && text.slice(found.start, found.end) === found.quote : true;
      }),
    );
  });

  it("and whatever the quotation, the search ends, and returns words of the document", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (text, quote) => {
        const found = locate(at(text), quote, [{ start: 0, end: 5 }]);
        const { start, end, quote: words } = found ?? { start: 0, end: 0, quote: "" };
        return Array.from(text).slice(start, end).join("") === words;
      }),
    );
  });
});

it("Five million characters take linear time", async () => {
  const repeated = ["a ", "the rent is due. ", "…"];
  for (const piece of repeated) {
    const document = at(piece.repeat(Math.floor(5_000_000 / piece.length)));
    const quotes = [
      `${piece.repeat(500)}b`,
      piece.repeat(500),
      `${"a ".repeat(400)}… ${"a ".repeat(300)}b`,
    ];
    const ms = await cpuMs(() => {
      for (const quote of quotes) locate(document, quote, [{ start: 4_000_000, end: 4_002_000 }]);
    });
    expect(ms, piece).toBeLessThan(3_000);
  }
});
