import { describe, expect, it } from "vitest";
import { bytesOf } from "../fixtures/documents.ts";
import { extract } from "../support/extracted.ts";

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

  it("can be stored: without NUL, halves of surrogate pairs and other controls", async () => {
    const html = `<!--${"-".repeat(400)}--><p>a&#0;b&#xD800;c&#1;d\x07e</p>`;
    const text = await textOf(html);
    expect(text.isWellFormed()).toBe(true);
    expect(text).toBe("a\uFFFDb\uFFFDcde");
  });
});
