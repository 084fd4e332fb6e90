import { describe, expect, it } from "vitest";
import { DocumentText } from "../../src/features/citations/document-text.ts";
import { fencePassages } from "../../src/features/citations/fence.ts";
import { locate } from "../../src/features/citations/locate.ts";
import { divide } from "../../src/features/turns/context/passages.ts";

const FIRST = "Lease\n\nThe parties agree.\n\n";
const SECOND =
  "7. Governing Law. This lease follows 𝒜 law.\n\nSchedule One\n\nThe yearly rent is due.";
const parts = (page: number | null) => [
  { page, start: 0, text: FIRST, headings: [{ start: 0 }] },
  { page, start: FIRST.length, text: SECOND, headings: [] },
];

describe("A quotation of a document without known pages", () => {
  const cited = (quote: string, page: number | null = null) =>
    locate(new DocumentText(parts(page)), quote);

  it("is cited with the nearest heading above it, marked by the format or not", () => {
    expect(cited("The parties agree")).toMatchObject({ page: null, heading: "Lease" });
    expect(cited("This lease follows")).toMatchObject({ heading: "7. Governing Law" });
    expect(cited("The yearly rent is due")).toMatchObject({ heading: "7. Governing Law" });
  });

  it("is cited without one where none stands above it, and with its page where that is known", () => {
    const bare = new DocumentText([{ page: null, start: 0, text: "the yearly rent is due" }]);
    expect(locate(bare, "the yearly rent is due")).not.toHaveProperty("heading");
    expect(cited("The yearly rent is due", 3)).not.toHaveProperty("heading");
  });
});

describe("A passage of a document without known pages", () => {
  const passages = (page: number | null) =>
    divide({ fileId: "f", fileName: "lease.docx" }, parts(page)).map((excerpt, index) => ({
      ...excerpt,
      number: index + 1,
    }));

  it("says its heading instead of a page", () => {
    const fenced = fencePassages(passages(null), "0123456789ab");
    expect(fenced).toContain('id="1" file="lease.docx" heading="Lease">');
    expect(fenced).toContain('id="2" file="lease.docx" heading="7. Governing Law">');
    expect(fencePassages(passages(1), "0123456789ab")).not.toContain("heading=");
  });

  it("says it within the limits of an attribute", () => {
    const [first] = passages(null);
    const heading = 'A "quoted" <passage>\nheading';
    const fenced = fencePassages(first ? [{ ...first, heading }] : [], "0123456789ab");
    expect(fenced).toContain('heading="A ”quoted” ‹passage› heading">');
  });
});
