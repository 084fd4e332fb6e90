/** The kinds of files, and the media types under which they are stored and served. Small: uploads need it. */

/** Kinds whose pages are pictures. */
export const IMAGE_KINDS = ["png", "jpeg", "webp", "tiff"] as const;

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

/** Returns the media type under which a file of a kind is stored and served. */
export function contentTypeOf(kind: FileKind): string {
  return CONTENT_TYPES[kind];
}

/** Returns the kind of a media type that a client declares; undefined if it is unsupported. */
export function kindOfContentType(contentType: string): FileKind | undefined {
  const bare = bareType(contentType);
  return KINDS.find((kind) => bareType(CONTENT_TYPES[kind]) === bare) ?? OTHER_NAMES[bare];
}

const KINDS = Object.keys(CONTENT_TYPES) as FileKind[];

/** True for a kind whose pages are pictures without text. */
export function isImage(kind: FileKind): kind is ImageKind {
  return IMAGE_KINDS.some((image) => image === kind);
}

/** The media types of all kinds, without parameters. */
export const READABLE_TYPES: readonly string[] = KINDS.map((kind) => bareType(CONTENT_TYPES[kind]));

/** Aliases of the media types. */
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
