/** What stands within a line: emphasis, links, code, formulas, and citations as buttons. */
import type { Token, Tokens } from "marked";
import { CitationButton, UnverifiedMark } from "./citation-button.tsx";
import { FormulaView } from "./formula-view.tsx";
import { type Formula, toPieces } from "./lex.ts";
import type { Sources } from "./markdown.tsx";

type InlinesProps = { tokens: Token[]; sources: Sources };

export function Inlines({ tokens, sources }: InlinesProps) {
  return (
    <>
      {tokens.map((token, index) => (
        <Inline key={index} token={token} sources={sources} />
      ))}
    </>
  );
}

type MarkedInline =
  | Tokens.Text
  | Tokens.Escape
  | Tokens.Strong
  | Tokens.Em
  | Tokens.Del
  | Tokens.Codespan
  | Tokens.Link
  | Tokens.Image
  | Tokens.Br
  | Tokens.Tag;

function Inline({ token, sources }: { token: Token; sources: Sources }) {
  // The types of marked leave tokens of extensions open.
  const known = token as MarkedInline | Formula;
  switch (known.type) {
    case "strong":
      return (
        <strong>
          <Inlines tokens={known.tokens} sources={sources} />
        </strong>
      );
    case "em":
      return (
        <em>
          <Inlines tokens={known.tokens} sources={sources} />
        </em>
      );
    case "del":
      return (
        <del>
          <Inlines tokens={known.tokens} sources={sources} />
        </del>
      );
    case "codespan":
      return <code>{known.text}</code>;
    case "br":
      return <br />;
    case "link":
      return <SafeLink token={known} sources={sources} />;
    case "formula":
      return <FormulaView text={known.text} isBlock={known.isBlock} />;
    case "text":
      return known.tokens ? (
        <Inlines tokens={known.tokens} sources={sources} />
      ) : (
        <TextWithSources text={decodeEntities(known.text)} sources={sources} />
      );
    default:
      // An image would be loaded from elsewhere, and tags are not taken as HTML: only line breaks.
      return /^<br\s*\/?>$/i.test(known.raw) ? <br /> : <>{known.raw}</>;
  }
}

const SAFE = /^(https?:|mailto:)/i;

/** Opens elsewhere, and learns nothing of this page. */
function SafeLink({ token: { href, tokens }, sources }: { token: Tokens.Link; sources: Sources }) {
  const content = <Inlines tokens={tokens} sources={sources} />;
  if (!SAFE.test(href)) return content;
  return (
    <a href={href} target="_blank" rel="noopener noreferrer nofollow">
      {content}
    </a>
  );
}

function TextWithSources({ text, sources }: { text: string; sources: Sources }) {
  const { citations, unverified } = sources;
  return (
    <>
      {toPieces(text, citations).map((piece, index) => {
        if (piece.kind === "text") return piece.text;
        if (piece.kind === "citation") {
          const citation = citations[piece.index];
          return citation && <CitationButton key={index} citation={citation} />;
        }
        return (
          <UnverifiedMark key={index} isKnown={unverified[piece.index] !== undefined}>
            {piece.text}
          </UnverifiedMark>
        );
      })}
    </>
  );
}

const ENTITIES: Record<string, string> = {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  nbsp: "\u00a0",
  "#39": "'",
};

function decodeEntities(text: string): string {
  return text.replaceAll(/&(amp|lt|gt|quot|nbsp|#39);/g, (_, name) => ENTITIES[name] ?? "");
}
