import { describe, expect, it } from "vitest";
import type { ExtractedPage } from "../../src/features/files/extract/extract.ts";
import { bytesOf } from "../fixtures/documents.ts";
import { extract } from "../support/extracted.ts";

const regionsIn = (pages: ExtractedPage[]) =>
  pages.flatMap(({ text, regions }) =>
    regions.map(({ start, end, kind }) => [kind, Array.from(text).slice(start, end).join("")]),
  );

const textOf = async (html: string) =>
  (await extract(bytesOf(`<!doctype html>${html}`), "a.html")).text;

describe("The text of an HTML file", () => {
  it("is what is visible: paragraphs, lines, cells, with entities decoded", async () => {
    const html =
      "<body>\n Fees &amp;\n  costs<p>One <b>bold</b>\nword&#x21;<br>A line<br><br>After a gap</p><ul><li>first<li>second</ul><table><tr><th>Fee<td>&pound;5</tr><tr><td>Term</td><td>3&nbsp;years</td></tr></table><pre>a\n  b</pre>end";
    expect(await textOf(html)).toBe(
      "Fees & costs\n\nOne bold word!\nA line\n\nAfter a gap\n\nfirst\nsecond\n\nFee\t£5\nTerm\t3\u00a0years\n\na\n  b\n\nend",
    );
  });

  it("has its headings", async () => {
    const html =
      "<h1>One <i>two</i></h1>text<h3 hidden>never</h3><section><h2>Three</h2></section>";
    const { headings, text } = await extract(bytesOf(`<html>${html}`), "a.html");
    expect(text).toBe("One two\n\ntext\n\nThree");
    expect(headings).toEqual([
      { text: "One two", level: 1 },
      { text: "Three", level: 2 },
    ]);
  });

  it.each([
    "<script>x</script>",
    "<style>x</style>",
    "<template><p>x</p></template>",
    "<noscript>x</noscript>",
    "<title>x</title>",
    "<!-- x -->",
    "<iframe>x</iframe>",
    "<svg><title>x</title></svg>",
    "<div hidden>x<p>x</p></div>",
    '<p HIDDEN="">x</p>',
    '<p style="display:none">x</p>',
    '<p style="color:red; DISPLAY : none !important">x</p>',
    '<p style="display:/* */none">x</p>',
    '<span style="visibility: hidden">x<b>x</b></span>',
    '<span style="font-size:0">x</span>',
    '<span style="font-size:0.0px;color:red">x</span>',
    '<span style="opacity: 0">x</span>',
    "<dialog>x</dialog>",
    '<img alt="x">',
    '<input value="x">',
  ])("omits what is invisible: %s", async (hidden) => {
    expect(await textOf(`<body>before ${hidden} after`)).toMatch(/^before\s+after$/);
  });

  it.each([
    '<span style="opacity: 0.5">x</span>',
    '<span style="font-size:0.8em">x</span>',
    '<span style="font-size:10px">x</span>',
    "<dialog open>x</dialog>",
    "<plaintext>x",
  ])("keeps what is visible: %s", async (shown) => {
    expect(await textOf(`<body>${shown}`)).toBe("x");
  });

  it("is decoded with the declared encoding", async () => {
    const page = '<html><meta charset="iso-8859-5"><p>\xbf\xe0\xd8\xd2\xd5\xe2</p>';
    const bytes = Uint8Array.from(page, (char) => char.charCodeAt(0));
    expect((await extract(bytes, "a.html")).text).toBe("Привет");
    const unknown = '<html><meta charset="x-none"><p>Seen</p>';
    expect((await extract(bytesOf(unknown), "a.html")).text).toBe("Seen");
  });

  it("shows superscripts and subscripts as such, and marks of notes", async () => {
    const html =
      "<p>10<sup>6</sup> and 5 m<sup> 2</sup>, H<sub>2</sub>O, 10<sup>n+x</sup>, 2<sup>y</sup>, the 1<sup>st</sup> day<sup><a href='#n1'>1</a></sup>.</p>";
    const { text, pages } = await extract(bytesOf(`<!doctype html>${html}`), "a.html");
    expect(text).toBe("10⁶ and 5 m ², H₂O, 10^(n+x), 2^y, the 1st day¹.");
    expect(regionsIn(pages)).toEqual([["note_mark", "¹"]]);
  });

  it("knows the notes of Word's pages, and of others", async () => {
    const html = `<p>Rent<a href="#_ftn1"><span class=MsoFootnoteReference>[1]</span></a>.</p>
      <div style='mso-element:footnote-list'><div style='mso-element:footnote' id=ftn1><p><span class=MsoFootnoteReference>[1]</span> Monthly.</p></div></div>
      <section role="doc-endnotes"><p>Yearly.</p></section><p>End.`;
    const { pages } = await extract(bytesOf(`<!doctype html>${html}`), "a.html");
    expect(regionsIn(pages)).toEqual([
      ["note_mark", "[1]"],
      ["note_mark", "[1]"],
      ["note", " Monthly."],
      ["note", "Yearly."],
    ]);
  });

  it.each([
    ["<ol><li>a<ol type=a><li>b<li>c</ol><li>d</ol>", "1. a\n\na. b\nb. c\n\n2. d"],
    ["<ol start=7><li>a<li value=9>b<li>c</ol>", "7. a\n9. b\n10. c"],
    [
      "<ol type=I start=4><li>a<li>b</ol><ol type=A start=26><li>c<li>d</ol>",
      "IV. a\nV. b\n\nZ. c\nAA. d",
    ],
    ["<ol type=i start=0><li>a<li>b</ol>", "0. a\ni. b"],
    ["<ol reversed><li>a<li>b<ol reversed><li>c</ol><li>d</ol>", "3. a\n2. b\n\n1. c\n\n1. d"],
    ["<ol reversed start=5><li>a<li>b</ol>", "5. a\n4. b"],
    [
      '<ol style="list-style-type: upper-roman"><li>a<li style="list-style:lower-alpha">b</ol>',
      "I. a\nb. b",
    ],
    ['<ol style="list-style-type:none"><li>a</ol><ul><li>b</ul>', "a\n\nb"],
    [
      "<ol><li><p>a</p><p>b</p></li><li><del>c</del></li><li></ol>",
      "1. a\n\nb\n\n2.\n3.\n\n[Struck out after “2.”] c",
    ],
  ])("has the numbers of its lists: %s", async (html, text) => {
    expect(await textOf(html)).toBe(text);
  });

  it("can be stored: without NUL, halves of surrogate pairs and other controls", async () => {
    const html = `<!--${"-".repeat(400)}--><p>a&#0;b&#xD800;c&#1;d\x07e</p>`;
    const text = await textOf(html);
    expect(text.isWellFormed()).toBe(true);
    expect(text).toBe("a\uFFFDb\uFFFDcde");
  });
});

describe("Words that are struck out", () => {
  const page = (body: string) => extract(bytesOf(`<!doctype html>${body}`), "a.html");

  it.each([
    [
      "<p>The cap is <del>75,000</del><ins>125,000</ins>.",
      "The cap is 125,000.",
      "after “The cap is”",
      "75,000",
    ],
    ["<p>six<s>ty</s>seven", "six seven", "after “six”", "ty"],
    ["<p>A <strike>B<br>C</strike> D", "A D", "after “A”", "B C"],
    ["<p>A <s><del>B</del> C</s> D", "A D", "after “A”", "B C"],
    [
      "<p>A <span style='color:red; TEXT-DECORATION: line-through solid'>B</span> D",
      "A D",
      "after “A”",
      "B",
    ],
    [
      "<style><!-- .x, p.gone { color:red; text-decoration-line:line-through } /* .y{text-decoration:line-through} */ --></style><p>A <b class='z x'>B</b> <i class=y>D</i>",
      "A D",
      "after “A”",
      "B",
    ],
    ["<del><p>Whole.</p></del><p>Rest.", "Rest.", undefined, "Whole."],
    ["<p>A <del>10<sup>6</sup></del> B", "A B", "after “A”", "10⁶"],
  ])("leave the text, and are kept at its end: %s", async (html, text, after, words) => {
    const read = await page(html);
    const label = after === undefined ? "[Struck out]" : `[Struck out ${after}]`;
    expect(read.text).toBe(`${text}\n\n${label} ${words}`);
    expect(regionsIn(read.pages)).toEqual([["struck_out", words]]);
  });

  it("are not those of a rule for print, or with another line", async () => {
    const html =
      "<style>@media print { .x { text-decoration: line-through } } .y{text-decoration:underline}</style><p><b class=x>A</b> <u class=y>B</u> <ins>C</ins>";
    expect((await page(html)).text).toBe("A B C");
  });
});

describe("The encoding of a page", () => {
  const latin = (text: string) => Uint8Array.from(text, (char) => char.charCodeAt(0));
  const far = `<!--${"x".repeat(3_000)}-->`;
  const WORD = "\u0414\u043e\u0433\u043e\u0432\u043e\u0440";

  it.each([
    [
      "a late declaration",
      `<html>${far}<meta http-equiv="Content-Type" content="text/html; charset=windows-1251"><p>\xc4\xee\xe3\xee\xe2\xee\xf0`,
      WORD,
    ],
    [
      "the first that names one",
      '<html><meta charset="x-none"><meta charset=koi8-r><meta charset=utf-8><p>\xe4\xcf\xc7\xcf\xd7\xcf\xd2',
      WORD,
    ],
    [
      "the XML declaration",
      '<?xml version="1.0" encoding="windows-1251"?><html><p>\xc4\xee\xe3\xee\xe2\xee\xf0',
      WORD,
    ],
    [
      "a mark, whatever is declared",
      "\xef\xbb\xbf<html><meta charset=koi8-r><p>caf\xc3\xa9",
      "caf\u00e9",
    ],
    ["UTF-8 where it says UTF-16", '<html><meta charset="utf-16"><p>caf\xc3\xa9', "caf\u00e9"],
    [
      "UTF-8 where it says Unicode",
      '<html><meta http-equiv=Content-Type content="text/html; charset=unicode"><p>caf\xc3\xa9',
      "caf\u00e9",
    ],
    [
      "Windows-1252 for user-defined",
      '<html><meta charset="x-user-defined"><p>caf\xe9',
      "caf\u00e9",
    ],
    [
      "its bytes where they are not what it says",
      '<html><meta charset="utf-8"><p>The landlord\x92s \x93premises\x94',
      "The landlord\u2019s \u201cpremises\u201d",
    ],
    [
      "not of a declaration in a comment",
      '<html><!-- <meta charset="koi8-r"> --><p>caf\xc3\xa9',
      "caf\u00e9",
    ],
  ])("is by %s", async (_what, page, text) => {
    expect((await extract(latin(page), "a.html")).text).toBe(text);
  });

  it("is what the client names, but for a mark", async () => {
    const page = "<html><meta charset=koi8-r><p>\xc4\xee\xe3\xee\xe2\xee\xf0";
    expect((await extract(latin(page), "a.html", { encoding: "windows-1251" })).text).toBe(WORD);
  });
});
