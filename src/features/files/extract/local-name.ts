/** Strips the namespace prefix of XML names, which each program chooses. */

export type XmlAttributes = Record<string, string>;

export function localName(name: string): string {
  return name.slice(name.indexOf(":") + 1);
}
