import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { bytesOf } from "../fixtures/documents.ts";
import { readCMap } from "../support/cmaps.ts";
import { extract } from "../support/extracted.ts";

const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));

const utf16 = (text: string) => latin(`\xff\xfe${text.replaceAll(/[^]/g, "$&\0")}`);

describe("A text file", () => {
  it("is decoded whatever its encoding", async () => {
    const text = "The price is €5 – for a café.";
    expect((await extract(bytesOf(text), "a.txt")).text).toBe(text);
    expect((await extract(bytesOf(`\uFEFF${text}`), "a.txt")).text).toBe(text);
    const windows = latin("The price is \x805 \x96 for a caf\xe9.");
    expect((await extract(windows, "a.txt")).text).toBe(text);
    expect((await extract(utf16("Plain."), "a.txt")).text).toBe("Plain.");
    expect((await extract(latin("\xfe\xff\0H\0i"), "a.txt")).text).toBe("Hi");
  });

  it("is Windows-1252 where the first accent comes late, or last", async () => {
    const long = `${"All ASCII.\n".repeat(20_000)}caf`;
    const { text } = await extract(latin(`${long}\xe9`), "a.txt");
    expect(text).toBe(`${long}é`);
  });

  it("of any text is returned unchanged, in any chunks, in parts that fit", async () => {
    const long = fc
      .tuple(fc.string({ unit: "grapheme", minLength: 1, maxLength: 40 }), fc.nat(9_000))
      .map(([text, times]) => `Begin ${text.repeat(times + 1)}`);
    const texts = long.filter((text) => !/\p{Cc}/u.test(text));
    await fc.assert(
      fc.asyncProperty(texts, fc.integer({ min: 997, max: 70_000 }), async (text, chunkSize) => {
        const { pages, text: joined } = await extract(bytesOf(text), "a.txt", { chunkSize });
        expect(joined).toBe(text);
        for (const part of pages) {
          expect(Array.from(part.text).length).toBeLessThanOrEqual(50_000);
          expect(part.text.isWellFormed()).toBe(true);
        }
      }),
      { numRuns: 15 },
    );
  });

  it("with a NUL far behind its head is damaged", async () => {
    const file = bytesOf(`${"Plain.\n".repeat(20_000)}\0`);
    await expect(extract(file, "a.txt")).rejects.toMatchObject({ code: "damaged" });
  });

  it.each(["", " \n\t \r\n", "\uFEFF"])("without text is empty: %j", async (text) => {
    await expect(extract(bytesOf(text), "a.txt")).rejects.toMatchObject({ code: "empty" });
  });

  it("may have five million characters, and not one more", async () => {
    const most = "😀".repeat(10) + "x".repeat(4_999_990);
    const { pages } = await extract(bytesOf(most), "a.txt");
    expect(pages).toHaveLength(100);
    const more = extract(bytesOf(`${most}x`), "a.txt");
    await expect(more).rejects.toMatchObject({ code: "too_much_text" });
  });
});

describe("CSV", () => {
  const headings = async (text: string, name = "a.csv") => {
    const read = await extract(bytesOf(text), name);
    expect(read.text).toBe(text);
    return read.headings;
  };

  it.each([
    ["Party,Rent\nA,3000\n", "Party,Rent"],
    ['"Party\nname";"Rent ""net"""\r\nA;3', '"Party\nname";"Rent ""net"""'],
    ["Party\tRent\rA\t3", "Party\tRent"],
  ])("has its first row as the heading of all others: %j", async (text, heading) => {
    expect(await headings(text)).toEqual([{ text: heading, level: 1 }]);
  });

  it.each([
    "Mayer,12\nSmith,13\n",
    "Only one column\na\nb\n",
    `${"Column,".repeat(99)}\n1,2\n`,
    "Party,Rent",
    "A,\n1,2\n",
  ])("has none where the first row names no columns: %j", async (text) => {
    expect(await headings(text)).toEqual([]);
  });
});

describe("Markdown", () => {
  it("has what is struck out at its end, and nothing else", async () => {
    const text =
      "Pay ~~six~~ seven `~~code~~`\nand ~~more\nwords~~ here \\~~no~~.\n\n- ~~Item~~\n\n## Rent~~al~~ terms\n\n```\n~~code~~\n```\n    ~~code~~\n~5 ~~ 6 ~~ `` ~~a~~ ` ~~b~~";
    const read = await extract(bytesOf(text), "a.md");
    expect(read.text).toBe(
      "Pay seven `~~code~~`\nand here \\~~no~~.\n\n- \n\n## Rent terms\n\n```\n~~code~~\n```\n    ~~code~~\n~5 ~~ 6 ~~ `` ` \n\n[Struck out after “Pay”] six\n[Struck out after “and”] more words\n[Struck out] Item\n[Struck out after “Rent”] al\n[Struck out after “~5 ~~ 6 ~~ ``”] a\n[Struck out after “~5 ~~ 6 ~~ `` `”] b",
    );
    expect(read.headings).toEqual([{ text: "Rent terms", level: 2 }]);
    expect(read.pages[0]?.regions.map(({ kind }) => kind)).toEqual(Array(6).fill("struck_out"));
  });

  it.each([
    ["Pay <del>six</del> <ins>seven</ins>.", "Pay <ins>seven</ins>.", "Pay", "six"],
    ["Pay <S>six\n~~ten~~</S> now `<del>a</del>`", "Pay now `<del>a</del>`", "Pay", "six ~~ten~~"],
    ["Pay ~~six <b>~~ or </del> now", "Pay or </del> now", "Pay", "six <b>"],
  ])("knows the tags of HTML: %j", async (text, live, before, words) => {
    const read = await extract(bytesOf(text), "a.md");
    expect(read.text).toBe(`${live}\n\n[Struck out after “${before}”] ${words}`);
  });

  it("leaves a tag alone that is not closed", async () => {
    const text = "Pay <del>six\n\nnow</del> ~~and";
    expect((await extract(bytesOf(text), "a.md")).text).toBe(text);
  });

  it("has headings outside of code, and its text stays unchanged", async () => {
    const text =
      "# One 😀 #\n\n```\n# not a heading\n```\n\n   ## Two ##\r\n#no\n####### no\n### Three #4\n# ";
    const read = await extract(bytesOf(text), "a.md");
    expect(read.text).toBe(text);
    expect(read.headings).toEqual([
      { text: "One 😀", level: 1 },
      { text: "Two", level: 2 },
      { text: "Three #4", level: 3 },
    ]);
  });

  it("keeps a heading whole that begins where a part is full", async () => {
    const text = `${"x".repeat(49_990)}\n# A heading of some length\n${"y\n".repeat(99)}`;
    const { headings, pages } = await extract(bytesOf(text), "a.md");
    expect(pages.length).toBeGreaterThan(1);
    expect(headings).toEqual([{ text: "A heading of some length", level: 1 }]);
  });
});

it("An error of the storage is not reported as the file's fault", async () => {
  const { extractDocument: readDocument } =
    await import("../../src/features/files/extract/extract.ts");
  for (const kind of ["text", "docx", "pdf"] as const) {
    const lost = () => Promise.reject(new TypeError("connection lost"));
    const body = new ReadableStream<Uint8Array>({ pull: lost });
    for (const stream of [async () => body, lost]) {
      const read = async () => {
        const source = { size: 9, read: lost, stream };
        const { pages } = await readDocument(kind, source, { fromPage: 1, pages: 1, readCMap });
        for await (const _ of pages);
      };
      await expect(read()).rejects.toThrow(TypeError);
    }
  }
});
