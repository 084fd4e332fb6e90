/** An exported Markdown file as its renderers show it: the reference parser, and a common one. */
import { type Node, Parser } from "commonmark";
import fc from "fast-check";
import { marked } from "marked";
import { describe, expect, it } from "vitest";
import { formats } from "../../src/features/chats/export-formats.ts";
import type { Chat } from "../../src/features/chats/schemas.ts";
import type { Message } from "../../src/features/messages/schemas.ts";
import { cpuMs } from "../support/hostile-text.ts";

const AT = "2026-01-02T03:04:05.678Z";

/** The file of a chat with alternating messages of the user and the assistant; the first may have an attachment. */
function exportOf(contents: string[], title = "Title", attached?: string): string {
  const format = formats.markdown;
  const messages = contents.map((content, index) => {
    const type = index % 2 === 0 ? "user" : "bot";
    const previousId = index === 0 ? undefined : String(index - 1);
    const isFirst = index === 0 && attached !== undefined;
    const files = isFirst ? [{ id: "id", name: attached, status: "ready" }] : [];
    const written = { type, created_at: AT, content, files, parent_id: previousId ?? null };
    return format.message({ message: written as Message, parentAt: null, previousId });
  });
  return format.head({ title } as Chat) + messages.join("");
}

const SPEAKERS = [`User · ${AT}`, `Assistant · ${AT}`];

type Seen = {
  types: Set<string>;
  headings: string[];
  links: string[];
  texts: string[];
  code: string[];
};

/** What the reference parser reads from a file; the text of each message by itself. */
function see(file: string): Seen {
  const seen: Seen = { types: new Set(), headings: [], links: [], texts: [], code: [] };
  const walker = new Parser().parse(file).walker();
  let heading: Node | undefined;
  for (let step = walker.next(); step; step = walker.next()) {
    const { node, entering } = step;
    seen.types.add(node.type);
    if (node.type === "heading") {
      heading = entering ? node : undefined;
      if (entering) seen.headings.push("");
      if (entering) seen.texts.push("");
    } else if (entering && heading) {
      seen.headings.push((seen.headings.pop() ?? "") + (node.literal ?? ""));
    } else if (entering) {
      const text = node.type.endsWith("break") ? "\n" : (node.literal ?? "");
      seen.texts.push((seen.texts.pop() ?? "") + text);
      if (node.type === "link") seen.links.push(node.destination ?? "");
      if (node.type === "code_block") seen.code.push(node.literal ?? "");
    }
  }
  return seen;
}

/** The tags in `marked`'s output. */
const tagsOf = (file: string) =>
  new Set(
    [...marked.parse(file, { async: false }).matchAll(/<([a-z0-9]+)/gi)].map(([, tag]) => tag),
  );

const TAGS = new Set(
  `h1 h2 p em strong del code pre blockquote ul ol li a br hr table thead tbody tr th td input`.split(
    " ",
  ),
);

/** Nothing loads, and every message is intact: the one after it shows that. */
function expectHarmless(contents: string[], title = "Title", attached?: string): Seen {
  const file = exportOf([...contents, "The last one."], title, attached);
  const seen = see(file);
  for (const type of ["image", "html_block", "html_inline", "thematic_break"]) {
    expect(seen.types, `${type} in\n${file}`).not.toContain(type);
  }
  const speakers = [...contents, ""].map((_, index) => SPEAKERS[index % 2]);
  expect(seen.headings.slice(1), file).toEqual(speakers);
  expect(seen.texts.at(-1)).toBe("The last one.");
  for (const tag of tagsOf(file)) expect(TAGS, `<${tag}> in\n${file}`).toContain(tag);
  const shown = marked.lexer(file).filter(({ type }) => type === "heading");
  expect(shown.slice(1).map((token) => "text" in token && token.text)).toEqual(speakers);
  return seen;
}

/** Without white space, where renderers differ, and without container marks at line starts. */
const lettersOf = (text: string) => text.replaceAll(/\s/g, "");

describe("in an export, a message", () => {
  it.each([
    "![x](http://evil.example/a.png)",
    "![x][y]",
    "![y]\n\n[y]: http://evil.example/a.png",
    '<img src="http://evil.example/a.png">',
    "<picture><source srcset=http://evil.example></picture>",
    "<svg><image href=http://evil.example /></svg>",
    "<link rel=stylesheet href=http://evil.example>",
    "<script src=http://evil.example></script>",
    "text <iframe src=http://evil.example></iframe> text",
    "<h1>Assistant</h1>",
    "<!-- never closed",
    "<?php never closed",
    "<![CDATA[ never closed",
    "<!DOCTYPE html",
    "<details>\n\nnever closed",
    "<textarea>",
    "</div>",
    "# x",
    "   ## Assistant",
    `## Assistant · ${AT}`,
    "#",
    "x\n===",
    "x\n   ---",
    "x\n-",
    "x\r===\ry",
    "---\ntitle: x\n---",
    "***",
    "_ _ _",
    "- - -",
    "[x]: http://evil.example",
    "[x\ny]: http://evil.example",
    "[^1]: a note\n\n    <img src=x>",
    "[ is open",
  ])("keeps all of %j, which renders as it was written", (content) => {
    const { texts } = expectHarmless([content]);
    expect(lettersOf(texts[2] ?? "")).toBe(lettersOf(content));
  });

  it.each([
    ["> # x\n> ![x](y)\n> <b>\n> y\n> ==="],
    ["- # x\n- ![x](y)\n\n  <b>\n\n  y\n  ---\n- ---"],
    ["1. # x\n   x\n   =\n2) [x]: y"],
    ["- x\n      ```\n      ![x](http://evil.example)"],
    ["- x\n  ```\n![x](http://evil.example)"],
    ["> ```\n![x](http://evil.example)"],
    ["> x\n    <img src=x>"],
    ["- x\n\n    <img src=x>"],
    ["x\n- ```\n  <img src=x>"],
    ["| a |\n|---|\n| `a|b` x `<img src=y>` |"],
    ["| a | b |\n|---|---|\n| `a | <img src=y>` |"],
    ["\\\\<img src=x> \\![x](y) \\\\![x](y)"],
    ["[![x](http://evil.example/a.png)](http://evil.example)"],
    [`\`\n\`<img src=http://evil.example>\``],
    ["`` a ` <img src=x> ``` ` <b>"],
    ["[`x`]: http://evil.example"],
    ["http://u\\<script>x"],
    ["http://u>\\<script>\n`http://u`<b>"],
    ["http://u`<script>`"],
    ["www.u.example`<script>` u@v.example`<b>`"],
    ["~~~ \u2028\n<b>\n``` \u2028\n<img src=x>"],
    ["````\u2028````"],
    ["- - - `x\n<img src=x>`"],
  ])("renders no markup from %j", (content) => {
    expectHarmless([content]);
    expectHarmless([content, content]);
  });

  it.each([
    [
      "```html\n<img src=x>\n# x\n![x](y)\n[x]: y\n---\n```",
      "<img src=x>\n# x\n![x](y)\n[x]: y\n---\n",
    ],
    ["~~~\n```\n<b>\n~~~", "```\n<b>\n"],
    ["````\n```\n<b>\n```\n````", "```\n<b>\n```\n"],
    ["1. Run this:\n   ```sh\n   # first\n     <b>\n   ```\n2. Done", "# first\n  <b>\n"],
    ["- ```\n  <b>\n  ```", "<b>\n"],
    ["> ```\n> <b>\n>  # x\n> ```\n> text", "<b>\n # x\n"],
    ["text\n\n    <b>\n\n    # x\n\ntext", "<b>\n\n# x\n"],
    ["```\nnever closed <b>", "never closed <b>\n"],
    ["> ```\n> never closed <b>\ntext", "never closed <b>\n"],
  ])("keeps its code as it was written: %j", (content, code) => {
    expect(expectHarmless([content]).code).toEqual([code]);
  });

  it("keeps its harmless Markdown", () => {
    const content = [
      "**Bold**, `<code>`, a < b, wow! [link](https://example.com) and [ ] not.",
      "",
      "- [one](https://example.com)",
      "- [ ] two",
      "",
      "> Quoted `![x](y)`",
      "",
      "| a | b |",
      "|---|---|",
      "| 1 | `2` |",
    ].join("\n");
    expect(exportOf([content])).toContain(`\n\n${content}\n`);
  });

  it("keeps its link targets whatever another message defines", () => {
    const contents = [
      "See [x].\n\n[x]: http://evil.example",
      "See [x].",
      "[y]: /z\n\n[y] [link](u)",
    ];
    expect(expectHarmless(contents).links).toEqual(["u"]);
  });
});

it.each(["<b>x</b>", "![x](y)", "x #", "#", "`x", "[x]: y", "---", "a\n===\n# b", "x\\"])(
  "An export is titled like its chat: %j",
  (title) => {
    const file = exportOf(["First."], title);
    expectHarmless(["First."], title);
    expect(lettersOf(see(file).headings[0] ?? "")).toBe(lettersOf(title));
  },
);

it.each([
  "<b>x</b>",
  "![x](y).pdf",
  "x_y_z.pdf",
  "a*b*c.pdf",
  "`x",
  "x\\.pdf",
  "- a\n# b",
  "[x](y)",
])("An export names an attachment: %j", (name) => {
  const shown = expectHarmless(["First."], "Title", name).texts.find((text) => text !== "");
  expect(lettersOf(shown ?? "")).toBe(lettersOf(`Attached: ${name}.First.`));
});

const FRAGMENTS = [
  Array.from("`~<>!#=-*_[]():|\\ \t\nx1.+&\u2028"),
  ["```", "~~~", "````", "    ", "   ", "> ", "- ", "1. ", "![", "](u)", "]: u", "<img src=x>"],
  ["<!--", "-->", "<b", "</b>", "\n\n", "\r\n", "===", "---", "|-|", "| a |\n", "[x]", "[^1]: "],
  ["# ", "## Assistant", "<script>", "<pre>", "<u@v.w>", "<http://u>", "word", "é", "\u00a0"],
  ["www.u.v", "u@v.w", "http://u.v/"],
].flat();

it("An export is harmless, and has all its messages, whatever they contain", () => {
  const content = fc
    .array(fc.constantFrom(...FRAGMENTS), { maxLength: 25 })
    .map((pieces) => pieces.join(""));
  fc.assert(
    fc.property(
      fc.array(content, { minLength: 1, maxLength: 3 }),
      content,
      content,
      (contents, title, attached) => {
        expectHarmless(contents, title, attached);
      },
    ),
    { numRuns: 3_000 },
  );
});

it("An export takes time linear in its size, whatever a message contains", async () => {
  for (const piece of ["`", "`` ` ", "[", "> ", "- ", "\\", "<", "!", "| ` ", "\n", "*", "1. "]) {
    const content = piece.repeat(64_000 / piece.length);
    expect(await cpuMs(() => exportOf([content, content])), piece).toBeLessThan(2_000);
  }
});
