/**
 * A message within a Markdown file of many messages: it reads as it was written, loads nothing when the file
 * is shown, and does not reach into the next message. What begins an image, a heading, a rule or a link
 * definition gets a backslash, and `<` of HTML becomes `&lt;`; code stays as it is. Where renderers disagree
 * whether a line is code, it is written so that they agree. By CommonMark 0.31. Pure.
 */

/** A fence that is open, and what stood before it in its line. */
type Fence = { mark: string; quotes: number; indent: number };

const QUOTES = /^(?:[ \t]*>)*[ \t]*/;
/** Quotes and list items, which may stand in one another. */
const CONTAINERS = /^(?:[ \t]*(?:>|(?:[-+*]|\d{1,9}[.)])(?=[ \t]|$)))*[ \t]*/;
const OPENING_FENCE = /^(?:(`{3,})[^`]*$|(~{3,}))/;
const CLOSING_FENCE = /^ {0,3}(`{3,}|~{3,})[ \t]*$/;
const INDENTED = /^(?: {4}| {0,3}\t)/;
const BLANK = /^[ \t]*$/;
const RULE = /^(?:\*{3,}|-{3,}|_{3,})$/;
/** It makes a heading of the line before it. */
const UNDERLINE = /^(?:=+|-+)[ \t]*$/;
/** Up to its first `]`, a label that is no definition's. */
const PLAIN_LABEL = /^\[(?:[^\]\\]|\\.)*\](?!:)/;

/** Markdown of a whole message. */
export function embedMarkdown(content: string): string {
  const lines = content.split(/\r\n|\n|\r/);
  const message = new EmbeddedMessage(lines.some(isTableRule));
  for (const line of lines) message.add(line);
  return message.end();
}

/** Markdown of a heading's text, which has one line. */
export function embedHeading(text: string): string {
  const line = text.replace(/\s+/g, " ").trim();
  // A closing sequence of a heading is no part of its text.
  return escapeInline(line).replace(/(^| )(#+)$/, "$1\\$2");
}

class EmbeddedMessage {
  readonly #lines: string[] = [];
  readonly #hasTables: boolean;
  #fence: Fence | undefined;
  /** True once an indented line may belong to a list item. */
  #hasList = false;
  /** True where an indented line continues no paragraph. */
  #mayIndent = true;

  constructor(hasTables: boolean) {
    this.#hasTables = hasTables;
  }

  add(line: string): void {
    if (!this.#fence || !this.#addToFence(line, this.#fence)) this.#addText(line);
  }

  /** The whole of it; a fence that is still open would take in what comes after. */
  end(): string {
    this.#close();
    return this.#lines.join("\n");
  }

  /** False where the quote that the fence stands in has ended, and the fence with it. */
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

  /** Moved to the margin, where it is in no container: how those end, renderers see differently. */
  #open(before: string, line: string, mark: string): void {
    const isItem = /[^\s>]/.test(before);
    // After a line of text, the mark of an empty item could be an underline.
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

/** `before` is what the line begins with as a quote or a list item. */
function escapeLine(line: string, before: string, isInTable: boolean): string {
  const quotes = QUOTES.exec(line)?.[0] ?? "";
  const start = isRule(line.slice(quotes.length)) ? quotes : before;
  const text = line.slice(start.length);
  if (!isRule(text) && !beginsBlock(text)) return start + escapeInline(text, isInTable);
  return `${start}\\${text.charAt(0)}${escapeInline(text.slice(1), isInTable)}`;
}

/** The line below the head of a table (GitHub Flavored Markdown). */
function isTableRule(line: string): boolean {
  return /^[-|:>*+.)\d \t]*$/.test(line) && line.includes("-") && /[|:]/.test(line);
}

function isRule(text: string): boolean {
  return UNDERLINE.test(text) || RULE.test(text.replace(/[ \t]/g, ""));
}

/**
 * Headings; definitions of links, whose labels may go on in the next line; and what is no fence for the
 * backticks that follow in its line, where some parsers see a line's end before them.
 */
function beginsBlock(text: string): boolean {
  if (text.startsWith("```")) return /[\u2028\u2029]/.test(text);
  return text.startsWith("#") || (text.startsWith("[") && !PLAIN_LABEL.test(text));
}

/**
 * Escapes what begins an image or HTML, and backticks that have none in their line to pair with: else they
 * could pair with those of the next. Some renderers make a link of an address without any mark, and of a
 * backslash or a backtick in it: there is no code in it then.
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

/** Characters that begin nothing: of a long message they are taken together, or each would be a string. */
const PLAIN = /[^\\`<!:@wmx]+/iy;
const PLAIN_IN_ADDRESS = /[^\\`<!:@wmx\s]+/iy;

function plainAt(text: string, at: number, isInAddress: boolean): string {
  const plain = isInAddress ? PLAIN_IN_ADDRESS : PLAIN;
  plain.lastIndex = at;
  return plain.exec(text)?.[0] ?? "";
}

const ADDRESS_MARK = /^(?::\/\/|@|www\.|mailto:|xmpp:)/i;
const LONGEST_MARK = "mailto:".length;

/** A character, one that is escaped already, a whole span of code, or backticks that begin none. */
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

/** The next backticks from a position on, and where they begin. */
function runAt(text: string, from: number): [run: string, start: number] {
  const start = text.indexOf("`", from);
  if (start < 0) return ["", text.length];
  let end = start;
  while (text[end] === "`") end++;
  return [text.slice(start, end), start];
}

function escapePiece(piece: string, next: string): string {
  if (/^`+$/.test(piece)) return "\\`".repeat(piece.length);
  // Not by a backslash, which could be taken for the end of an address.
  if (piece === "\\<" || (piece === "<" && /[a-z/!?]/i.test(next))) return "&lt;";
  return piece === "!" && next === "[" ? "!\\" : piece;
}
