/** What a file is by its bytes. Its name tells only kinds of text apart. */
import { encodingOfMark, isUtf8 } from "./encoding.ts";
import { ExtractionFailure, type FailureCode } from "../failures.ts";
import type { ByteSource } from "./byte-source.ts";
import { isOdt } from "./odt/odt.ts";
import { isOleContainer, mayBeEncryptedWord } from "./ole.ts";
import { openSpreadsheet } from "./sheet/workbook.ts";
import { isMail, refusalOfText } from "./text/text-formats.ts";
import { utf16Of } from "./text/utf16.ts";
import { openWordPackage } from "./office/word-package.ts";

/** Kinds whose pages are pictures. */
const IMAGE_KINDS = ["png", "jpeg", "webp", "tiff"] as const;

export type ImageKind = (typeof IMAGE_KINDS)[number];

const CONTENT_TYPES = {
  pdf: "application/pdf",
  docx: "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
  text: "text/plain; charset=utf-8",
  markdown: "text/markdown; charset=utf-8",
  html: "text/html; charset=utf-8",
  csv: "text/csv; charset=utf-8",
  mail: "message/rfc822",
  odt: "application/vnd.oasis.opendocument.text",
  xlsx: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
  png: "image/png",
  jpeg: "image/jpeg",
  webp: "image/webp",
  tiff: "image/tiff",
} as const;

export type FileKind = keyof typeof CONTENT_TYPES;

/** The media type that a file of a kind is kept and given out as. */
export function contentTypeOf(kind: FileKind): string {
  return CONTENT_TYPES[kind];
}

/** The kind that a client announces by a media type; undefined for one that cannot be read. */
export function kindOfContentType(contentType: string): FileKind | undefined {
  const bare = bareType(contentType);
  return KINDS.find((kind) => bareType(CONTENT_TYPES[kind]) === bare) ?? OTHER_NAMES[bare];
}

const KINDS = Object.keys(CONTENT_TYPES) as FileKind[];

/** True for a kind whose pages are pictures without text. */
export function isImage(kind: FileKind): kind is ImageKind {
  return IMAGE_KINDS.some((image) => image === kind);
}

/** The media types of all kinds, without their character set. */
export const READABLE_TYPES: readonly string[] = KINDS.map((kind) => bareType(CONTENT_TYPES[kind]));

/** Other names that systems know these kinds by. */
const OTHER_NAMES: Record<string, FileKind> = {
  "application/x-pdf": "pdf",
  "application/xhtml+xml": "html",
  "application/csv": "csv",
  "text/x-markdown": "markdown",
  "image/jpg": "jpeg",
  "image/tif": "tiff",
};

function bareType(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}

const HEAD_SIZE = 64 * 1024;

/** What a file is: of a kind that is read, or refused for a reason. */
export type Recognised =
  | { kind: FileKind; refusal?: undefined }
  | { kind?: undefined; refusal: FailureCode };

/** `encoding`: what the client says that a text is in. */
type Named = { name: string; encoding?: string | undefined };

/**
 * What a file is by its first 64 KiB, an Office package by what it holds. A Word document behind a password
 * is one too: its reading says why it fails.
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

/** Readers look for the header in the first 1024 bytes. Prose may speak of it: it begins a line. */
function isPdf(bytes: Uint8Array): boolean {
  return PDF_HEADER.test(latin1(bytes.subarray(0, 1024)));
}

// oxlint-disable-next-line no-control-regex
const PDF_HEADER = /(?:^|[\x00-\x1f\x80-\xff])%PDF-\d\.\d/;

/** By the signature that each format begins with. */
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

/** Without what may stand before the first tag: an XML declaration and comments. */
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
 * The text of a head; undefined where it is none. Of an encoding that is not told yet it has the ASCII
 * alone as it is.
 */
function textOf(head: Uint8Array, moreToCome: boolean, named?: string): string | undefined {
  const encoding = encodingOfMark(head) ?? named ?? utf16Of(head);
  if (encoding === undefined && !isUtf8(head, moreToCome)) return legacyText(head);
  const text = new TextDecoder(encoding).decode(head, { stream: moreToCome });
  return isReadable(text) ? text : undefined;
}

/** Text of the time before Unicode: whatever its encoding is, it has no control characters. */
function legacyText(head: Uint8Array): string | undefined {
  const text = latin1(head);
  // oxlint-disable-next-line no-control-regex
  return /[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f]/.test(text) ? undefined : text;
}

/** A NUL is in no text, and a control character seldom. */
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
