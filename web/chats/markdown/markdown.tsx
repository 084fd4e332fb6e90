/**
 * An answer's Markdown as elements, never as HTML: tags in it are shown as text, so that nothing of a model or a document
 * becomes part of the page. A block that has not changed is not made again.
 */
import type { Token, Tokens } from "marked";
import { useMemo } from "preact/hooks";
import type { Citation, UnverifiedQuote } from "../page-message.ts";
import { CodeBlock } from "./code-block.tsx";
import { FormulaView } from "./formula-view.tsx";
import { Inlines } from "./inlines.tsx";
import { type Formula, lex, markText } from "./lex.ts";

export type Sources = {
  citations: readonly Citation[];
  unverified: readonly UnverifiedQuote[];
};

export function Markdown({ text, sources }: { text: string; sources: Sources }) {
  const { citations, unverified } = sources;
  const marked = useMemo(
    () => markText(text, citations, unverified),
    [text, citations.length, unverified.length],
  );
  const blocks = useMemo(() => lex(marked), [marked]);
  return (
    <div class="markdown">
      {blocks.map((token, index) => (
        <Block key={index} token={token} sources={sources} />
      ))}
    </div>
  );
}

type BlockProps = { token: Token; sources: Sources };

/** The same vnode as before, while its source is the same: Preact skips it then. */
function Block({ token, sources }: BlockProps) {
  return useMemo(
    () => renderBlock(token, sources),
    [token.raw, sources.citations.length, sources.unverified.length],
  );
}

function renderBlock(token: Token, sources: Sources) {
  // The types of marked leave tokens of extensions open.
  const known = token as MarkedBlock | Formula;
  switch (known.type) {
    case "heading":
      return <Heading token={known} sources={sources} />;
    case "paragraph":
      return (
        <p>
          <Inlines tokens={known.tokens} sources={sources} />
        </p>
      );
    case "text":
      return <Inlines tokens={known.tokens ?? [known]} sources={sources} />;
    case "list":
      return <List token={known} sources={sources} />;
    case "blockquote":
      return (
        <blockquote>
          <Blocks tokens={known.tokens} sources={sources} />
        </blockquote>
      );
    case "code":
      return <CodeBlock text={known.text} language={known.lang ?? ""} />;
    case "table":
      return <TableBlock token={known} sources={sources} />;
    case "hr":
      return <hr />;
    case "formula":
      return <FormulaView text={known.text} isBlock={known.isBlock} />;
    case "html":
      return <p>{known.text.trim()}</p>;
    default:
      return null;
  }
}

type MarkedBlock =
  | Tokens.Heading
  | Tokens.Paragraph
  | Tokens.Text
  | Tokens.List
  | Tokens.Blockquote
  | Tokens.Code
  | Tokens.Table
  | Tokens.Hr
  | Tokens.HTML
  | Tokens.Space;

function Blocks({ tokens, sources }: { tokens: Token[]; sources: Sources }) {
  return (
    <>
      {tokens.map((token, index) => (
        <Block key={index} token={token} sources={sources} />
      ))}
    </>
  );
}

/** Below the headings of the page itself. */
function Heading({ token, sources }: { token: Tokens.Heading; sources: Sources }) {
  const content = <Inlines tokens={token.tokens} sources={sources} />;
  if (token.depth === 1) return <h3>{content}</h3>;
  return token.depth === 2 ? <h4>{content}</h4> : <h5>{content}</h5>;
}

function List({ token, sources }: { token: Tokens.List; sources: Sources }) {
  const items = token.items.map((item, index) => (
    <li key={index} class={item.task ? "task" : undefined}>
      {item.task && (
        <input type="checkbox" checked={item.checked ?? false} disabled aria-label="Done" />
      )}
      <Blocks tokens={item.tokens} sources={sources} />
    </li>
  ));
  return token.ordered ? <ol start={Number(token.start) || 1}>{items}</ol> : <ul>{items}</ul>;
}

function TableBlock({ token, sources }: { token: Tokens.Table; sources: Sources }) {
  const cells = (row: Tokens.TableCell[], Cell: "th" | "td") =>
    row.map(({ tokens, align }, index) => (
      <Cell key={index} class={align ? `align-${align}` : undefined}>
        <Inlines tokens={tokens} sources={sources} />
      </Cell>
    ));
  return (
    <div class="table-scroll" role="region" aria-label="Table" tabIndex={0}>
      <table class="table">
        <thead>
          <tr>{cells(token.header, "th")}</tr>
        </thead>
        <tbody>
          {token.rows.map((row, index) => (
            <tr key={index}>{cells(row, "td")}</tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
