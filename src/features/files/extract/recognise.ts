/** Detects the kind of a file from its bytes; the name only distinguishes kinds of text. */
import { encodingOfMark, isUtf8 } from "./encoding.ts";
import { ExtractionFailure, type FailureCode } from "../failures.ts";
import type { ByteSource } from "./byte-source.ts";
import { type FileKind, IMAGE_KINDS, type ImageKind } from "./kind.ts";
import { isOdt } from "./odt/odt.ts";
import { isOleContainer, mayBeEncryptedWord } from "./ole.ts";
import { openSpreadsheet } from "./sheet/workbook.ts";
import { isMail, refusalOfText } from "./text/text-formats.ts";
import { utf16Of } from "./text/utf16.ts";
import { openWordPackage } from "./office/word-package.ts";

const HEAD_SIZE = 64 * 1024;

/** A supported kind, or the failure code that explains the refusal. */
export type Recognised =
  | { kind: FileKind; refusal?: undefined }
  | { kind?: undefined; refusal: FailureCode };

/** `encoding`: the encoding that the client declares for a text. */
type Named = { name: string; encoding?: string | undefined };

/**
 * Detects the kind from the first 64 KiB, and that of an Office package from its parts. A
 * password-protected Word document counts as `docx`: its extraction reports the precise failure.
 */
export async function recognise(
  source: ByteSource,
  { name, encoding }: Named,
): Promise<Recognised> {
  const head = await source.read(0, HEAD_SIZE);
  const image = imageKindOf(head);
  if (image) return { kind: image };
  if (isPdf(head)) return { kind: "pdf" };
  if (isZip(head)) return recognisePackage(source);
  if (isOleContainer(head)) {
    return (await mayBeEncryptedWord(source, name)) ? { kind: "docx" } : UNSUPPORTED;
  }
  const text = textOf(head, head.byteLength >= HEAD_SIZE, encoding);
  return text === undefined ? UNSUPPORTED : recogniseText(text, name);
}

const UNSUPPORTED = { refusal: "unsupported_type" } as const;

function recogniseText(text: string, name: string): Recognised {
  const refusal = refusalOfText(text);
  if (refusal) return { refusal };
  if (isMail(text, name)) return { kind: "mail" };
  return { kind: HTML_START.test(withoutProlog(text)) ? "html" : kindByName(name) };
}

async function recognisePackage(source: ByteSource): Promise<Recognised> {
  try {
    if (await openWordPackage(source)) return { kind: "docx" };
    if (await openSpreadsheet(source)) return { kind: "xlsx" };
    return (await isOdt(source)) ? { kind: "odt" } : UNSUPPORTED;
  } catch (error) {
    if (error instanceof ExtractionFailure) return UNSUPPORTED;
    throw error;
  }
}

/**
 * Viewers search the first 1024 bytes for the header. It must begin a line, because prose may
 * mention it.
 */
function isPdf(bytes: Uint8Array): boolean {
  return PDF_HEADER.test(latin1(bytes.subarray(0, 1024)));
}

// oxlint-disable-next-line no-control-regex
const PDF_HEADER = /(?:^|[\x00-\x1f\x80-\xff])%PDF-\d\.\d/;

/** Identifies an image by its format's signature. */
function imageKindOf(bytes: Uint8Array): ImageKind | undefined {
  const start = latin1(bytes.subarray(0, 12));
  if (start.startsWith("RIFF") && start.endsWith("WEBP")) return "webp";
  return IMAGE_KINDS.find((kind) => SIGNATURES[kind].some((sign) => start.startsWith(sign)));
}

const SIGNATURES: Record<ImageKind, readonly string[]> = {
  png: ["\x89PNG\r\n\x1a\n"],
  jpeg: ["\xff\xd8\xff"],
  webp: [],
  tiff: ["II*\0", "MM\0*"],
};

function isZip(bytes: Uint8Array): boolean {
  return latin1(bytes.subarray(0, 4)) === "PK\x03\x04";
}

const HTML_START = /^<(?:!doctype\s+html|html|head|body)[\s>]/i;

/** Strips an XML declaration and comments before the first tag. */
function withoutProlog(text: string): string {
  let rest = text.trimStart();
  for (const [opening, closing] of PROLOG) {
    while (rest.startsWith(opening)) {
      const end = rest.indexOf(closing);
      if (end < 0) return "";
      rest = rest.slice(end + closing.length).trimStart();
    }
  }
  return rest;
}

const PROLOG = [
  ["<?xml", "?>"],
  ["<!--", "-->"],
] as const;

function kindByName(name: string): FileKind {
  if (/\.(?:md|markdown)$/i.test(name)) return "markdown";
  if (/\.csv$/i.test(name)) return "csv";
  return /\.x?html?$/i.test(name) ? "html" : "text";
}

/**
 * Decodes the head of a file; undefined if it is not text. In an undetected legacy encoding only
 * its ASCII characters are reliable.
 */
function textOf(head: Uint8Array, moreToCome: boolean, named?: string): string | undefined {
  const encoding = encodingOfMark(head) ?? named ?? utf16Of(head);
  if (encoding === undefined && !isUtf8(head, moreToCome)) return legacyText(head);
  const text = new TextDecoder(encoding).decode(head, { stream: moreToCome });
  return isReadable(text) ? text : undefined;
}

/** Decodes text in a legacy encoding: in all of them, text has no control characters. */
function legacyText(head: Uint8Array): string | undefined {
  const text = latin1(head);
  // oxlint-disable-next-line no-control-regex
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
}

/** Text never contains a NUL, and rarely other control characters. */
function isReadable(text: string): boolean {
  if (text.includes("\0")) return false;
  // oxlint-disable-next-line no-control-regex
  const controls = text.match(/[\x01-\x08\x0e-\x1a\x1c-\x1f]/g)?.length ?? 0;
  return controls * 200 <= text.length;
}

function latin1(bytes: Uint8Array): string {
  let text = "";
  for (let from = 0; from < bytes.byteLength; from += 8192) {
    text += String.fromCharCode(...bytes.subarray(from, from + 8192));
  }
  return text;
}
