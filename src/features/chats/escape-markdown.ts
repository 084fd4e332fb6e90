/**
 * Escapes a message for a Markdown file of many messages: it renders as it was written, loads nothing,
 * and does not affect the next message. Images, headings, rules and link definitions get a backslash, and
 * `<` of HTML becomes `&lt;`; code stays unchanged. Where renderers disagree whether a line is code, the
 * output is unambiguous. Follows CommonMark 0.31. Pure.
 */

/** An open fence, and the containers before it on its line. */
type Fence = { mark: string; quotes: number; indent: number };

const QUOTES = /^(?:[ \t]*>)*[ \t]*/;
/** Nested quotes and list items. */
const CONTAINERS = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)))*[ \t]*/;
const OPENING_FENCE = /^(?:(`{3,})[^`]*$|(~{3,}))/;
const CLOSING_FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;
const INDENTED = /^(?: {4}| {0,3}\t)/;
const BLANK = /^[ \t]*$/;
const RULE = /^(?:\*{3,}|-{3,}|_{3,})$/;
/** A setext underline, which turns the line above it into a heading. */
const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
/** A bracketed text that does not begin a link definition. */
const PLAIN_LABEL = /^\[(?:[^\]\\]|\\.)*\](?!:)/;

/** The Markdown of a whole message. */
export function escapeMarkdown(content: string): string {
  const lines = content.split(/\r\n|\n|\r/);
  const escaper = new MessageEscaper(lines.some(isTableRule));
  for (const line of lines) escaper.add(line);
  return escaper.end();
}

/** The Markdown of a heading's text, on one line. */
export function escapeHeading(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  // Trailing `#` would be taken for the closing sequence of the heading.
  return escapeInline(line).replace(/(^| )(#+)$/, "$1\\$2");
}

class MessageEscaper {
  readonly #lines: string[] = [];
  readonly #hasTables: boolean;
  #fence: Fence | undefined;
  /** True once there was a list item: indented lines may belong to it. */
  #hasList = false;
  /** True after a blank line: an indented line begins a code block instead of continuing a paragraph. */
  #mayIndent = true;

  constructor(hasTables: boolean) {
    this.#hasTables = hasTables;
  }

  add(line: string): void {
    if (!this.#fence || !this.#addToFence(line, this.#fence)) this.#addText(line);
  }

  /** The whole output. Closes an open fence, which would swallow the next message. */
  end(): string {
    this.#close();
    return this.#lines.join("\n");
  }

  /** False when the quote around the fence has ended, and the fence with it. */
  #addToFence(line: string, fence: Fence): boolean {
    const code = withoutContainers(line, fence);
    if (code === undefined) this.#close();
    else this.#lines.push(code);
    if (code !== undefined && closes(code, fence)) this.#fence = undefined;
    return code !== undefined;
  }

  #addText(line: string): void {
    if (this.#mayIndent && !this.#hasList && INDENTED.test(line)) {
      this.#lines.push(line);
      return;
    }
    this.#mayIndent = BLANK.test(line);
    const before = CONTAINERS.exec(line)?.[0] ?? "";
    const text = line.slice(before.length);
    const opening = OPENING_FENCE.exec(text);
    this.#hasList ||= /[^\s>]/.test(before);
    if (opening) this.#open(before, text, opening[1] ?? opening[2] ?? "");
    else this.#lines.push(escapeLine(line, before, this.#hasTables));
  }

  /** Moves the fence to the margin, outside of all containers: renderers disagree on where those end. */
  #open(before: string, line: string, mark: string): void {
    const isItem = /[^\s>]/.test(before);
    // Directly after text, the mark of an empty item could be a setext underline.
    if (isItem) this.#lines.push("", before.trimEnd());
    this.#lines.push(line);
    const quotes = before.split(">").length - 1;
    const indent = before.length - before.lastIndexOf(">") - 1;
    this.#fence = { mark, quotes, indent };
  }

  #close(): void {
    if (this.#fence) this.#lines.push(this.#fence.mark);
    this.#fence = undefined;
  }
}

function withoutContainers(line: string, { quotes, indent }: Fence): string | undefined {
  let at = 0;
  for (let left = quotes; left > 0; left--) {
    while (line[at] === " " || line[at] === "\t") at++;
    if (line[at] !== ">") return undefined;
    at++;
  }
  for (let left = indent; left > 0 && line[at] === " "; left--) at++;
  return line.slice(at);
}

function closes(line: string, { mark }: Fence): boolean {
  const end = CLOSING_FENCE.exec(line)?.[1];
  return end !== undefined && end[0] === mark[0] && end.length >= mark.length;
}

/** `before` is the quote and list marks that the line begins with. */
function escapeLine(line: string, before: string, isInTable: boolean): string {
  const quotes = QUOTES.exec(line)?.[0] ?? "";
  const start = isRule(line.slice(quotes.length)) ? quotes : before;
  const text = line.slice(start.length);
  if (!isRule(text) && !beginsBlock(text)) return start + escapeInline(text, isInTable);
  return `${start}\\${text.charAt(0)}${escapeInline(text.slice(1), isInTable)}`;
}

/** The delimiter row of a table (GitHub Flavored Markdown). */
function isTableRule(line: string): boolean {
  return /^[-|:>*+.)\d \t]*$/.test(line) && line.includes("-") && /[|:]/.test(line);
}

function isRule(text: string): boolean {
  return UNDERLINE.test(text) || RULE.test(text.replace(/[ \t]/g, ""));
}

/**
 * True for headings, for link definitions (whose labels may continue on the next line), and for three
 * backticks before U+2028 or U+2029, which some parsers take for a line end and so for a fence.
 */
function beginsBlock(text: string): boolean {
  if (text.startsWith("```")) return /[\u2028\u2029]/.test(text);
  return text.startsWith("#") || (text.startsWith("[") && !PLAIN_LABEL.test(text));
}

/**
 * Escapes images and HTML, and backticks without a pair on their line, which could pair with those of the
 * next. Some renderers turn bare addresses into links, backslashes and backticks included: inside of an
 * address there is no code span.
 */
function escapeInline(text: string, isInTable = false): string {
  const escaped: string[] = [];
  let isInAddress = false;
  for (let at = 0; at < text.length;) {
    const plain = plainAt(text, at, isInAddress);
    const piece = plain || pieceAt(text, at, isInTable);
    const taken: string = isInAddress && piece.startsWith("`") ? runAt(text, at)[0] : piece;
    if (!plain) {
      isInAddress = isInAddress
        ? !/\s/.test(taken)
        : ADDRESS_MARK.test(text.slice(at, at + LONGEST_MARK));
    }
    at += taken.length;
    escaped.push(plain || escapePiece(taken, text.charAt(at)));
  }
  return escaped.join("");
}

/** Runs of characters without a meaning, matched together to avoid one string per character. */
const PLAIN = /[^\\`<!:@wmx]+/iy;
const PLAIN_IN_ADDRESS = /[^\\`<!:@wmx\s]+/iy;

function plainAt(text: string, at: number, isInAddress: boolean): string {
  const plain = isInAddress ? PLAIN_IN_ADDRESS : PLAIN;
  plain.lastIndex = at;
  return plain.exec(text)?.[0] ?? "";
}

const ADDRESS_MARK = /^(?::\/\/|@|www\.|mailto:|xmpp:)/i;
const LONGEST_MARK = "mailto:".length;

/** One character, an escaped character, a whole code span, or backticks that begin none. */
function pieceAt(text: string, at: number, isInTable: boolean): string {
  const char = text.charAt(at);
  if (char === "\\") return text.slice(at, at + 2);
  if (char !== "`") return char;
  const [mark] = runAt(text, at);
  for (let end = at + mark.length; end < text.length;) {
    const [run, start] = runAt(text, end);
    if (run === "") break;
    end = start + run.length;
    if (run.length !== mark.length) continue;
    const span = text.slice(at, end);
    return isInTable && span.includes("|") ? mark : span;
  }
  return mark;
}

/** The next run of backticks from an index on, and its start. */
function runAt(text: string, from: number): [run: string, start: number] {
  const start = text.indexOf("`", from);
  if (start < 0) return ["", text.length];
  let end = start;
  while (text[end] === "`") end++;
  return [text.slice(start, end), start];
}

function escapePiece(piece: string, next: string): string {
  if (/^`+$/.test(piece)) return "\\`".repeat(piece.length);
  // Not a backslash, which some renderers take for the end of an address.
  if (piece === "\\<" || (piece === "<" && /[a-z/!?]/i.test(next))) return "&lt;";
  return piece === "!" && next === "[" ? "!\\" : piece;
}
