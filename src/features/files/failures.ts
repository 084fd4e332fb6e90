/** Why a file could not be read: a closed table, stored by code, shown as a sentence. */

/** Code to a sentence for a person, which says what to do where something can be done. */
export const FAILURES = {
  unsupported_type:
    "This kind of file cannot be read. Send a PDF, DOCX (without macros), TXT, Markdown, HTML or CSV file; save an old .doc as one of them.",
  encrypted: "The file is encrypted. Save a copy without password and protection, and send that.",
  empty: "There is no text in this file.",
  damaged: "The file is damaged or incomplete. Open it, save it anew, and send that.",
  too_many_pages: "The file has more pages than can be read. Send it in parts.",
  too_large: "The file holds more data than can be read. Send it in parts.",
  too_much_text: "The file holds more text than can be read. Send it in parts.",
  needs_ocr:
    "The pages are pictures without text. Run text recognition (OCR) over the file, and send the result.",
  missing: "The bytes of the file are not in the storage. Upload it again.",
  changed: "The bytes that arrived are not those that were announced. Upload the file again.",
  unreadable: "The file could not be read, though it was tried several times. Try it again later.",
} as const;

export type FailureCode = keyof typeof FAILURES;

/** Ends the ingestion of a file for good: a retry would end the same. */
export class ExtractionFailure extends Error {
  readonly code: FailureCode;

  constructor(code: FailureCode, options?: ErrorOptions) {
    super(code, options);
    this.name = "ExtractionFailure";
    this.code = code;
  }
}

/** True for a code that is in the table, as those of the database are. */
export function isFailureCode(code: string): code is FailureCode {
  return Object.hasOwn(FAILURES, code);
}
