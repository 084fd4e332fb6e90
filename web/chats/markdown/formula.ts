/** Formulas as MathML, which browsers set by themselves: without fonts and without styles. Loaded on demand. */
import DOMPurify from "dompurify";
import katex from "katex";

/** Safe HTML. Throws for what is no formula. */
export function toMathMl(text: string, isBlock: boolean): string {
  const html = katex.renderToString(text, {
    output: "mathml",
    displayMode: isBlock,
    trust: false,
    maxExpand: 100,
    strict: "ignore",
  });
  return DOMPurify.sanitize(html, {
    USE_PROFILES: { mathMl: true },
    ADD_TAGS: ["semantics", "annotation"],
    FORBID_ATTR: ["style", "href"],
  });
}
