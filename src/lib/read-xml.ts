/** Parses small XML documents of other services. A module of its own, because few requests need the parser. */
import { Parser } from "htmlparser2";
import type { XmlElement } from "./xml.ts";

/** The root element; undefined for malformed or truncated documents. Custom entities are not expanded. */
export function readXml(text: string): XmlElement | undefined {
  const document: XmlElement = { name: "", text: "", children: [] };
  const open = [document];
  const parser = new Parser(
    {
      onopentag(name) {
        const element: XmlElement = { name, text: "", children: [] };
        open.at(-1)?.children.push(element);
        open.push(element);
      },
      ontext(piece) {
        const element = open.at(-1);
        if (element) element.text += piece;
      },
      onclosetag() {
        open.pop();
      },
    },
    { xmlMode: true },
  );
  parser.write(text);
  // `end()` closes all open elements, so check before it.
  const isWhole = open.length === 1;
  parser.end();
  return isWhole ? document.children[0] : undefined;
}
