/** Finds the encoding that a page declares (HTML standard, section 13.2.3). */
import type { ByteSource } from "../byte-source.ts";
import { encodingOfLabel } from "../encoding.ts";
import { type MarkupHandler, MarkupParser } from "../markup.ts";

/** Bytes searched for a declaration. Browsers also apply one that follows the first 1,024 bytes. */
const LOOKED_AT = 1024 * 1024;
const SLICE = 16 * 1024;

/** The encoding of the first valid `meta`, else of the XML declaration; undefined if there is neither. */
export async function declaredEncoding(source: ByteSource): Promise<string | undefined> {
  // In every encoding of which a declaration counts, the declaration itself is ASCII.
  const text = new TextDecoder("windows-1252").decode(await source.read(0, LOOKED_AT));
  const [, xml] = XML_ENCODING.exec(text.slice(0, 1024)) ?? [];
  return encodingOfMetas(text) ?? (xml === undefined ? undefined : toPageEncoding(xml));
}

const XML_ENCODING = /^<\?xml\s[^<>]{0,200}encoding\s{0,9}=\s{0,9}["']([\w.:-]+)["']/;

function encodingOfMetas(text: string): string | undefined {
  const metas = new Metas();
  const parser = new MarkupParser(metas, { xml: false });
  for (let from = 0; from < text.length && metas.encoding === undefined; from += SLICE) {
    parser.write(text.slice(from, from + SLICE));
  }
  return metas.encoding;
}

class Metas implements MarkupHandler {
  encoding: string | undefined;

  open(name: string, attributes: Record<string, string>): void {
    if (name === "meta") this.encoding ??= encodingOfMeta(attributes);
  }

  close(): void {}

  text(): void {}
}

function encodingOfMeta(attributes: Record<string, string>): string | undefined {
  if (attributes.charset !== undefined) return toPageEncoding(attributes.charset);
  if (attributes["http-equiv"]?.toLowerCase() !== "content-type") return undefined;
  const label = CONTENT_CHARSET.exec(attributes.content ?? "")?.[1];
  return label === undefined ? undefined : toPageEncoding(label);
}

const CONTENT_CHARSET = /charset[\t\n\f\r ]*=[\t\n\f\r ]*["']?([^\t\n\f\r ;"']+)/i;

/** A page that declares UTF-16 in ASCII bytes cannot be UTF-16. */
function toPageEncoding(label: string): string | undefined {
  const encoding = encodingOfLabel(label);
  if (encoding === "x-user-defined") return "windows-1252";
  return encoding?.startsWith("utf-16") ? "utf-8" : encoding;
}
