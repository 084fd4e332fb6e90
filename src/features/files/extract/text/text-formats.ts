/** Detects text-based formats that are not extracted as plain text. */
import type { FailureCode } from "../../failures.ts";

/** UTF-16 code units that are examined. */
const LOOKED_AT = 16 * 1024;

/** The failure code for an unsupported format, by the start of the text; undefined if it is supported. */
export function refusalOfText(text: string): FailureCode | undefined {
  const start = text.slice(0, LOOKED_AT).trimStart();
  if (start.startsWith("{\\rtf")) return "unsupported_rtf";
  if (start.startsWith("%!PS")) return "unsupported_type";
  if (isPdfSource(start)) return "unsupported_pdf_source";
  if (isOfficeXml(start)) return "unsupported_office_xml";
  return isWebArchive(start) ? "unsupported_mhtml" : undefined;
}

/** True for a PDF that was saved by a text editor or sent as text. */
function isPdfSource(start: string): boolean {
  if (/^%PDF-\d/.test(start)) return true;
  return /^\d{1,9} \d{1,5} obj\b/m.test(start) && /^endobj\b/m.test(start);
}

/** Word 2003, Excel 2003, and an Office package as one XML file (flat OPC). */
const OFFICE_XML = [
  [/<\?mso-application\s/, ""],
  [/<(?:\w{1,20}:)?wordDocument\s/, "schemas.microsoft.com/office/word"],
  [/<(?:\w{1,20}:)?Workbook\s/, "urn:schemas-microsoft-com:office:spreadsheet"],
  [/<(?:\w{1,20}:)?package\s/, "schemas.microsoft.com/office/2006/xmlPackage"],
] as const;

function isOfficeXml(start: string): boolean {
  if (!start.startsWith("<")) return false;
  return OFFICE_XML.some(([tag, namespace]) => tag.test(start) && start.includes(namespace));
}

/** The unfolded headers of a mail or a web archive, by name in lower case; empty if there are none. */
function headersOf(start: string): Map<string, string> {
  const [envelope = ""] = /^From [^\n]{0,998}\n/.exec(start) ?? [];
  const block = start.slice(envelope.length).split(/\r?\n\r?\n/, 1)[0] ?? "";
  const unfolded = block.replaceAll(/\r?\n[ \t]/g, " ").split(/\r?\n/);
  const headers = new Map<string, string>();
  for (const line of unfolded) {
    const [, name, value = ""] = /^([!-9;-~]{1,80}):(.*)$/.exec(line) ?? [];
    if (name === undefined) return NONE;
    headers.set(name.toLowerCase(), value.trim());
  }
  return headers;
}

const NONE: Map<string, string> = new Map();

function isWebArchive(start: string): boolean {
  const headers = headersOf(start);
  if (headers.has("snapshot-content-location")) return true;
  const isFromProgram = /^"?<Saved by /i.test(headers.get("from") ?? "");
  const isOfNobody = !ENVELOPE.some((name) => headers.has(name));
  const isPage = /^multipart\/related\b/i.test(headers.get("content-type") ?? "");
  return isPage && (isFromProgram || isOfNobody);
}

const ENVELOPE = ["from", "to", "date", "received", "message-id", "return-path"];

/** Headers that only software adds. */
const MACHINE_WRITTEN = [
  "mime-version",
  "message-id",
  "received",
  "return-path",
  "delivered-to",
  "dkim-signature",
  "content-type",
];

/** True for a mail (RFC 5322). A text that merely resembles one must be named `.eml`. */
export function isMail(text: string, name: string): boolean {
  const headers = headersOf(text.slice(0, LOOKED_AT));
  const isSent = ENVELOPE.some((header) => headers.has(header));
  if (/\.eml$/i.test(name)) return isSent;
  const written = MACHINE_WRITTEN.filter((header) => headers.has(header));
  return isSent && written.length > 0 && (headers.has("from") || written.length > 1);
}
