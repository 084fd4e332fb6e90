import { stripVTControlCharacters } from "node:util";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MarkdownStyles } from "../../terminal/output/markdown.ts";
import { neutralise, neutraliseLine, toJsonLine } from "../../terminal/output/neutralise.ts";

function styled(...pieces: string[]): string {
  const styles = new MarkdownStyles();
  return pieces.map((piece) => styles.style(piece)).join("") + styles.end();
}

const BOLD = "\u001b[1m";
const DIM = "\u001b[2m";
const CYAN = "\u001b[36m";
const RESET = "\u001b[0m";

describe("Markdown in the terminal", () => {
  it("has styles for headings, bold words and code", () => {
    expect(styled("# Title\ntext")).toBe(`${BOLD}# Title${RESET}\ntext`);
    expect(styled("a **b** c")).toBe(`a ${BOLD}**b**${RESET} c`);
    expect(styled("a `b` c")).toBe(`a ${CYAN}\`b\`${RESET} c`);
    expect(styled("```\n**x** # y\n```\nz")).toBe(`${DIM}\`\`\`\n**x** # y\n\`\`\`${RESET}\nz`);
  });

  it("ends a style with its line", () => {
    expect(styled("a **b\nc")).toBe(`a ${BOLD}**b${RESET}\nc`);
    expect(styled("no #heading")).toBe("no #heading");
  });

  it("keeps the text, and has the same styles wherever it is cut", () => {
    const text = fc.array(fc.constantFrom("a", " ", "\n", "*", "**", "`", "```", "# ", "## b"));
    fc.assert(
      fc.property(text, fc.nat(), (parts, at) => {
        const whole = parts.join("");
        const cut = at % (whole.length + 1);
        const pieces = styled(whole.slice(0, cut), whole.slice(cut));
        expect(pieces).toBe(styled(whole));
        expect(stripVTControlCharacters(pieces)).toBe(whole);
      }),
    );
  });
});

describe("text of others", () => {
  it("keeps no control character and no mark of direction", () => {
    // oxlint-disable-next-line no-control-regex -- They are what it looks for.
    const harmful = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(neutralise(text)).not.toMatch(harmful);
        expect(neutraliseLine(text)).not.toMatch(/[\n\t]/);
        expect(toJsonLine({ text })).not.toMatch(harmful);
        expect(JSON.parse(toJsonLine({ text }))).toEqual({ text });
      }),
    );
  });

  it("is otherwise shown as it is", () => {
    expect(neutralise("Déposé\t“𝒳” 👩‍⚖️\n- §\u00a05")).toBe("Déposé\t“𝒳” 👩‍⚖️\n- §\u00a05");
    expect(neutraliseLine("a\n b", 10)).toBe("a b");
    expect(neutraliseLine("abcdef", 4)).toBe("abc…");
  });
});
