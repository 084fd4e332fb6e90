/** A formula: as its source until what sets it has been loaded. */
import { useEffect, useState } from "preact/hooks";

type FormulaProps = { text: string; isBlock: boolean };

export function FormulaView({ text, isBlock }: FormulaProps) {
  const [html, setHtml] = useState<string>();
  useEffect(() => {
    let isWanted = true;
    const show = async () => {
      const { toMathMl } = await import("./formula.ts");
      if (isWanted) setHtml(toMathMl(text, isBlock));
    };
    // Then its source stays.
    show().catch(() => setHtml(undefined));
    return () => {
      isWanted = false;
    };
  }, [text, isBlock]);
  const Frame = isBlock ? "div" : "span";
  const name = isBlock ? "formula formula-block" : "formula";
  if (html === undefined) {
    return (
      <Frame class={name}>
        <code>{text}</code>
      </Frame>
    );
  }
  // Sanitised: see formula.ts.
  return <Frame class={name} dangerouslySetInnerHTML={{ __html: html }} />;
}
