/** Small XML documents that another service sends: elements and their text, and nothing else. */
import { Parser } from "htmlparser2";

export type XmlElement = { name: string; text: string; children: XmlElement[] };

/** The root of a document; undefined where it is none, or was cut off. Entities of its own stay as they are. */
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
  // The end closes whatever is open, as if it had been closed.
  const isWhole = open.length === 1;
  parser.end();
  return isWhole ? document.children[0] : undefined;
}

/** The child elements of one name, in their order. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first child of that name; undefined where there is none. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}
