/** Which files the server takes: what is known before anything is sent. The server decides by the bytes. */

import { MEDIA_TYPES, mediaTypeOf } from "../../clients/ts/src/media-types.ts";

const MIB = 1024 * 1024;

/** The most bytes that are sent through the server; larger files go to its bucket. */
export const MOST_BYTES_DIRECT = 10 * MIB;

const MOST_BYTES = 50 * MIB;

/** For the browser's dialog. */
export const ACCEPT = [...Object.keys(MEDIA_TYPES).map((end) => `.${end}`), "text/*"].join(",");

/** The sentence for a person about the kinds and the size. */
export const KINDS_SENTENCE =
  "PDF, Word, Excel, OpenDocument, mail, text, Markdown, HTML, CSV and images, up to 50 MB each";

/** The media type to announce. */
export function typeOf({ name, type }: Pick<File, "name" | "type">): string {
  return mediaTypeOf(name) ?? (type || "application/octet-stream");
}

/** Why the server would refuse a file; undefined where it may take it. */
export function refusalOf(file: Pick<File, "name" | "type" | "size">): string | undefined {
  if (file.size === 0) return "This file is empty.";
  if (file.size > MOST_BYTES)
    return "This file is larger than 50 MB. Split it and upload the parts.";
  const isKnown = mediaTypeOf(file.name) !== undefined || file.type.startsWith("text/");
  return isKnown ? undefined : `This kind of file is not read. Upload ${KINDS_SENTENCE}.`;
}
