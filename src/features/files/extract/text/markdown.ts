/** Headings of Markdown: lines that begin with `#`, outside of fenced code. */

const HEADING = /^ {0,3}(#{1,6})[ \t]+(?=\S)/;
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** A line in three stretches; the middle one is a heading where there is a level. */
type MarkdownLine = { before: string; middle: string; after: string; level?: number };

export class MarkdownLines {
  /** What closes the code that the next line is in. */
  #fence: string | undefined;

  /** Lines are given in their order, with what ends them. */
  read(line: string): MarkdownLine {
    const fence = FENCE.exec(line)?.[1];
    const isCode = this.#fence !== undefined;
    if (!isCode) this.#fence = fence;
    else if (fence?.startsWith(this.#fence ?? "")) this.#fence = undefined;
    const [before = "", marks = ""] = (!isCode && HEADING.exec(line)) || [];
    if (marks === "") return { before: "", middle: "", after: line };
    const middle = withoutClosing(line.slice(before.length));
    return {
      before,
      middle,
      after: line.slice(before.length + middle.length),
      level: marks.length,
    };
  }
}

/** A heading may be closed by marks, which are not part of it. */
function withoutClosing(text: string): string {
  const heading = text.trimEnd();
  let end = heading.length;
  while (heading[end - 1] === "#") end--;
  const isClosing = /[ \t]/.test(heading[end - 1] ?? "");
  return isClosing ? heading.slice(0, end).trimEnd() : heading;
}
