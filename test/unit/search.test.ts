import { describe, expect, it } from "vitest";
import { fits, parseSearch } from "../../src/features/search/search-terms.ts";
import { toSnippet } from "../../src/features/search/snippet.ts";

describe("the text of a search", () => {
  it("is parsed into words, phrases and exclusions", () => {
    const terms = parseSearch('The "Notice  period" or DEPOSIT -tax -"late fee" the the');
    expect(terms.words).toEqual(["the", "notice", "period", "deposit"]);
    expect(terms.significant).toEqual(["notice", "period", "deposit"]);
    expect(terms.phrases).toEqual(["notice period"]);
    expect(terms.excluded).toEqual(["tax", "late fee"]);
    expect(parseSearch("to be or not").significant).toEqual(["to", "be", "not"]);
  });

  it("counts twenty terms at most, each once, and is empty where it has no word", () => {
    const long = parseSearch(Array.from({ length: 250 }, (_, index) => index % 50).join(" "));
    expect(long.words).toHaveLength(20);
    expect(long.websearch.split(" ")).toHaveLength(20);
    expect(parseSearch('- "" -- "?!" &').websearch).toBe("");
  });

  it("keeps passages that have the phrases as whole words, and none that is excluded", () => {
    const terms = parseSearch('"notice period" -tax');
    expect(fits(terms, "The notice\nperiod: three months")).toBe(true);
    expect(fits(terms, "A notice periodically given")).toBe(false);
    expect(fits(terms, "The notice period of the tax office")).toBe(false);
    expect(fits(terms, "The notice period of the taxi")).toBe(true);
  });
});

describe("a snippet", () => {
  it("shows where most of the words are, and marks them in other forms too", () => {
    const text = `deposit ${"and so on ".repeat(100)}the deposits of both parties ${"x ".repeat(300)}`;
    const snippet = toSnippet(text, ["deposit", "party"]);
    expect(snippet).toMatch(/^… .*<mark>deposits<\/mark> of both <mark>parties<\/mark> .* …$/);
  });

  it("marks words of one stem where it has no nearer ones", () => {
    expect(toSnippet("It is governed by law.", ["governing"])).toContain("<mark>governed</mark>");
    expect(toSnippet("La résiliation du bail", ["resilier"])).toContain("<mark>résiliation</mark>");
    expect(toSnippet("Governed, or governing.", ["governing"])).toBe(
      "Governed, or <mark>governing</mark>.",
    );
    expect(toSnippet("The parts of it", ["partition"])).toBe("The parts of it");
  });

  it("is escaped except for its marks, and never cut inside a character", () => {
    expect(toSnippet(`<b>"it's" & more</b>`, ["more"])).toBe(
      "&lt;b&gt;&quot;it&#39;s&quot; &amp; <mark>more</mark>&lt;/b&gt;",
    );
    expect(toSnippet(`a${"𝒳".repeat(400)}`, ["nothing"]).isWellFormed()).toBe(true);
  });
});
