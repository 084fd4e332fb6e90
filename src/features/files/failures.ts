/** Why an ingestion failed: stored by code, shown as a sentence. */
import { Problem } from "../../lib/problem.ts";

/** By code, a sentence for the user: what happened and what to do. */
export const FAILURES = {
  unsupported_type:
    "This file type is not supported. Upload a PDF, DOCX, XLSX (both without macros), ODT, EML, TXT, Markdown, HTML or CSV file, or a PNG, JPEG, WebP or TIFF image; convert an old .doc or .xls to one of them.",
  unsupported_rtf:
    "This is an RTF document. Open it in Word or LibreOffice, save it as DOCX, and upload that.",
  unsupported_mhtml:
    "This is a web archive (MHT). Open it in a browser or in Word, save it as PDF or HTML, and upload that.",
  unsupported_office_xml:
    "This is an Office document as XML. Open it in Word or Excel, save it as DOCX or PDF, and upload that.",
  unsupported_pdf_source:
    "This is the source code of a PDF, saved as text. Upload the PDF file itself.",
  unknown_encoding:
    "The character encoding of this text is not known. Complete the file with its `encoding` (`candidates` lists the likely ones), or save it as UTF-8 and upload that.",
  encrypted: "The file is encrypted. Upload a copy without a password or other protection.",
  empty: "The file contains no text. Upload a file with text.",
  damaged: "The file is damaged or incomplete. Open it, save a new copy, and upload that.",
  too_many_pages: "The file has too many pages. Split it and upload the parts.",
  too_large: "The file contains too much data. Split it and upload the parts.",
  too_much_text: "The file contains too much text. Split it and upload the parts.",
  needs_ocr:
    "The pages are images without text, and this server recognises no text in images (OCR). Run text recognition on the file and upload the result, or have the server's operator set OCR_MODEL and complete the file again.",
  ocr_failed:
    "The pages are images, and their text could not be recognised. Complete the file again to retry, or run text recognition (OCR) on it and upload the result.",
  ocr_unpaid:
    "The pages are images, and the budget for recognising their text is used up. Complete the file again once the budget renews, or run text recognition (OCR) on it and upload the result.",
  missing: "The bytes of the file are missing in the storage. Upload the file again.",
  changed: "The uploaded bytes do not match the announced size or checksum. Upload the file again.",
  unreadable: "The file could not be processed after several attempts. Try again later.",
} as const;

export type FailureCode = keyof typeof FAILURES;

/** A permanent failure of an ingestion: a retry would fail the same way. */
export class ExtractionFailure extends Error {
  readonly code: FailureCode;
  /** Of `unknown_encoding`: the encodings that it may be, the likeliest first. */
  readonly candidates: string[] | undefined;

  constructor(code: FailureCode, options: ErrorOptions & { candidates?: string[] } = {}) {
    super(code, options);
    this.name = "ExtractionFailure";
    this.code = code;
    this.candidates = options.candidates;
  }
}

/** True for a code of the table. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}

/** The problem of an upload whose kind is not read: `failure` says why, and what to do. */
export function unsupportedFile(code: FailureCode): Problem {
  return new Problem("unsupported_file", {
    members: { failure: { code, detail: FAILURES[code] } },
  });
}
