/** Wire shapes of files, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import { CursorTime, limit, Offset, ShownId, ShownTime, text } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { REGION_KINDS } from "../../lib/text-regions.ts";
import { isId } from "../../lib/ids.ts";
import { encodingOfLabel } from "./extract/encoding.ts";
import { FAILURES, type FailureCode, isFailureCode } from "./failures.ts";
import { baseNameOf } from "./file-name.ts";
import type { FilePosition, FileRow } from "./queries.ts";

/** The most bytes of a file that a client sends directly to the bucket. */
export const LARGEST_FILE = 50 * 1024 * 1024;

const LONGEST_NAME = 255;
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const DEFAULT_PARTS = 10;
const MOST_PARTS = 20;

/** A path becomes its last part before it is measured. */
export const FileName = z
  .string()
  .transform(baseNameOf)
  .pipe(text({ min: 1, max: LONGEST_NAME }))
  .openapi({
    type: "string",
    minLength: 1,
    maxLength: LONGEST_NAME,
    description: "Of a path, the part behind the last slash or backslash is kept.",
    example: "lease.pdf",
  });

const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "This must be a SHA-256 in lower-case hex.")
  .openapi({ example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" });

const NO_MEDIA_TYPE = "This is not a media type, such as `application/pdf`.";

/** A media type (RFC 9110 section 8.3.1), with unquoted parameters only. */
function isMediaType(value: string): boolean {
  return /^[\w!#$%&'*+.^`|~-]+\/[\w!#$%&'*+.^`|~-]+(?:[ \t]*;[ \t]*[!#-:<-~]+)*$/.test(value);
}

export const NewFile = z
  .strictObject({
    original_name: FileName,
    content_type: text({ min: 1, max: 255 })
      .refine(isMediaType, NO_MEDIA_TYPE)
      .openapi({ example: "application/pdf" }),
    file_size: z.int().min(0).openapi({ description: "Bytes; at most 50 MiB.", example: 48_213 }),
    sha256: Sha256,
  })
  .openapi("NewFile");

export type NewFile = z.infer<typeof NewFile>;

const NO_ENCODING = "This is not a label of an encoding, such as `windows-1250`.";

export const UploadCompletion = z
  .strictObject({
    encoding: z
      .string()
      .max(50)
      .transform((label, context) => {
        const encoding = encodingOfLabel(label);
        if (encoding !== undefined) return encoding;
        context.addIssue({ code: "custom", message: NO_ENCODING });
        return z.NEVER;
      })
      .openapi({
        description: "Of a text: a label of the WHATWG Encoding Standard.",
        example: "windows-1250",
      })
      .nullish(),
  })
  .openapi("UploadCompletion");

/** Of a file that failed. */
const failure = () =>
  z
    .object({
      code: z.enum(Object.keys(FAILURES) as FailureCode[]),
      detail: z.string().openapi({ description: "What happened, and what to do." }),
      candidates: z.array(z.string()).optional().openapi({
        description:
          "Of `unknown_encoding`: the encodings that it may be, the likeliest first. Complete the file with one of them.",
      }),
    })
    .nullable()
    .openapi({ description: "Why the ingestion failed, with a sentence for the user." });

/** What is known of the pages so far. */
const pageCounts = () => ({
  page_count: z.int().nullable().openapi({
    description:
      "Null for a document without known pages. Of a PDF it is known once ingestion has opened it, of other formats once the text is extracted.",
  }),
  scanned_pages: z.int().nullable().openapi({
    description:
      "How many of its pages are scanned and not transcribed: they show pictures and no text, or no more than a stamp, so that nothing of them can be searched or quoted. Known once the text is extracted.",
  }),
  pages_done: z.int().nullable().openapi({
    description:
      "How many of `page_count` pages are done: it grows while pages are read, and then while scanned pages are transcribed. Null before the first page, and for a document without known pages.",
  }),
  pages_failed: z.int().nullable().openapi({
    description:
      "How many scanned pages could not be transcribed; completing the file again retries only these. 0 if the server transcribes none.",
  }),
  unreadable: z.int().nullable().openapi({
    description:
      "How many characters its pages show whose Unicode is not known: they are U+FFFD in its text. Known once the text is extracted.",
  }),
});

export const File = onDemand(() =>
  z
    .object({
      id: ShownId,
      original_name: z.string().openapi({ example: "lease.pdf" }),
      content_type: z.string().openapi({ example: "application/pdf" }),
      file_size: z.int().openapi({ description: "Bytes." }),
      file_url: z.string().openapi({
        example: "/files/01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10/content",
      }),
      status: z.enum(["pending", "processing", "ready", "failed"]).openapi({
        description:
          "`pending`: waiting for its bytes. `processing`: ingestion is running. `ready`: it can be searched, attached to messages and cited. `failed`: see `failure`.",
      }),
      processed: z.boolean().openapi({ description: "True once the file is ready." }),
      failure: failure(),
      encoding: z.string().nullable().openapi({
        description: "The encoding that the client named; null if the bytes decide.",
      }),
      parent_file_id: ShownId.nullable().openapi({
        description: "The mail that this file was attached to. Deleting it deletes this file.",
      }),
      ...pageCounts(),
      created_at: ShownTime,
    })
    .openapi("File"),
);

export const StartedUpload = onDemand(() =>
  z
    .object({
      file: File(),
      upload: z.object({
        method: z.literal("PUT"),
        url: z.string(),
        headers: z.record(z.string(), z.string()),
        expires_at: ShownTime,
      }),
    })
    .openapi("StartedUpload"),
);

export const SignedUrl = onDemand(() =>
  z.object({ url: z.string(), expires_at: ShownTime }).openapi("SignedUrl"),
);

export const FileText = onDemand(() =>
  z
    .object({
      file_id: ShownId,
      length: z.int().openapi({ description: "Length of the whole text in code points." }),
      pages: z.array(
        z.object({
          page: z.int().nullable().openapi({
            description:
              "A long page is divided into several entries. Null if the document has no known pages.",
          }),
          start: z.int().openapi({ description: "Offset into the whole text, in code points." }),
          end: z.int(),
          text: z.string(),
          regions: z
            .array(
              z.object({
                start: z
                  .int()
                  .openapi({ description: "Offset into the whole text, in code points." }),
                end: z.int(),
                kind: z.enum(REGION_KINDS),
              }),
            )
            .openapi({ description: "Regions outside of the body text." }),
          unreadable: z.int().openapi({
            description: "The number of visible characters that could not be mapped to Unicode.",
          }),
          is_scanned: z.boolean().openapi({
            description:
              "True for a page that shows pictures and no text, or no more than a stamp.",
          }),
          source: z.enum(["text", "ocr"]).openapi({
            description:
              "`ocr`: a model transcribed the page from its picture, and may have misread it.",
          }),
        }),
      ),
      next_cursor: z.string().nullable(),
    })
    .openapi("FileText"),
);

/** The schema of a cursor with these parts. */
function cursorOf<P extends z.ZodType, T>(parts: P, toCursor: (parts: z.output<P>) => T) {
  return z
    .string()
    .transform((cursor, context): T => {
      const decoded = parts.safeParse(decodeCursor(cursor));
      if (decoded.success) return toCursor(decoded.data);
      context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "`next_cursor`, or the cursor in `Link`." });
}

const FileCursor = cursorOf(
  z.tuple([CursorTime, z.string().refine(isId)]),
  ([createdAt, id]): FilePosition => ({ createdAt, id }),
);

export const FileQuery = z.object({
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  offset: Offset,
  cursor: FileCursor.optional(),
});

export const TextQuery = z.object({
  limit: limit(DEFAULT_PARTS, MOST_PARTS).openapi({ description: "The most entries of `pages`." }),
  cursor: cursorOf(z.tuple([z.int().min(0).max(2_000_000)]), ([part]) => part).optional(),
});

export function toFile(row: FileRow): Shown<typeof File> {
  return {
    id: row.id,
    original_name: row.original_name,
    content_type: row.content_type,
    file_size: Number(row.file_size),
    file_url: `/files/${row.id}/content`,
    status: row.status,
    processed: row.status === "ready",
    failure: toFailure(row),
    encoding: row.encoding,
    parent_file_id: row.parent_file_id,
    page_count: row.page_count,
    scanned_pages: row.scanned_pages,
    pages_done: row.pages_done,
    pages_failed: row.pages_failed,
    unreadable: row.unreadable,
    created_at: toIso(row.created_at),
  };
}

/** The code and the sentence of a failure; null unless the file has failed. */
function toFailure({
  status,
  failure_code: code,
  encoding_candidates: candidates,
}: Pick<FileRow, "status" | "failure_code" | "encoding_candidates">) {
  if (status !== "failed") return null;
  const known = code !== null && isFailureCode(code) ? code : "unreadable";
  const isOpen = known === "unknown_encoding";
  return {
    code: known,
    detail: FAILURES[known],
    ...(isOpen && { candidates: candidates ?? [] }),
  };
}
