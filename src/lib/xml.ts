/** Small XML documents of other services: only elements and text. */

export type XmlElement = { name: string; text: string; children: XmlElement[] };

/** The child elements of that name, in order. */
export function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child) => child.name === name);
}

/** The text of the first child of that name; undefined without one. */
export function childText(element: XmlElement, name: string): string | undefined {
  return element.children.find((child) => child.name === name)?.text;
}
