/** Wire shapes of files, and how they are made from rows. */
import { z } from "@hono/zod-openapi";
import { CursorTime, limit, Offset, ShownId, ShownTime, text } from "../../http/fields.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { REGION_KINDS } from "../../lib/text-regions.ts";
import { isId } from "../../lib/ids.ts";
import { FAILURES, isFailureCode } from "./failures.ts";
import type { FilePosition, FileRow } from "./queries.ts";

/** Bytes of a file that a client sends to the bucket by itself. */
export const LARGEST_FILE = 50 * 1024 * 1024;

const LONGEST_NAME = 255;
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const DEFAULT_PARTS = 10;
const MOST_PARTS = 20;

export const FileName = text({ min: 1, max: LONGEST_NAME }).openapi({ example: "lease.pdf" });

const Sha256 = z
  .string()
  .regex(/^[0-9a-f]{64}$/, "This must be a SHA-256 in lower-case hex.")
  .openapi({ example: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08" });

const NO_MEDIA_TYPE = "This is not a media type, such as `application/pdf`.";

/** What may stand in a header (RFC 9110 section 8.3.1), with parameters that are not quoted. */
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

export const File = z
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
        "`pending`: its bytes are awaited. `processing`: it is being read. `ready`: it can be asked about, searched and quoted.",
    }),
    processed: z.boolean().openapi({ description: "True once it is ready." }),
    failure: z
      .object({ code: z.string(), detail: z.string() })
      .nullable()
      .openapi({ description: "Why it could not be read, in a sentence for a person." }),
    page_count: z.int().nullable().openapi({ description: "Known once it has been read." }),
    created_at: ShownTime,
  })
  .openapi("File");

export const StartedUpload = z
  .object({
    file: File,
    upload: z.object({
      method: z.literal("PUT"),
      url: z.string(),
      headers: z.record(z.string(), z.string()),
      expires_at: ShownTime,
    }),
  })
  .openapi("StartedUpload");

export const SignedUrl = z.object({ url: z.string(), expires_at: ShownTime }).openapi("SignedUrl");

export const FileText = z
  .object({
    file_id: ShownId,
    length: z.int().openapi({ description: "Code points of the whole text." }),
    pages: z.array(
      z.object({
        page: z.int().nullable().openapi({
          description:
            "A long page comes in several stretches. Null where the format does not say, as in most DOCX files.",
        }),
        start: z.int().openapi({ description: "Code points into the whole text." }),
        end: z.int(),
        text: z.string(),
        regions: z
          .array(
            z.object({
              start: z.int().openapi({ description: "Code points into the whole text." }),
              end: z.int(),
              kind: z.enum(REGION_KINDS),
            }),
          )
          .openapi({ description: "Stretches that are not running text." }),
        unreadable: z.int().openapi({
          description: "Characters that the page shows and whose Unicode is not known.",
        }),
      }),
    ),
    next_cursor: z.string().nullable(),
  })
  .openapi("FileText");

/** A cursor whose parts have these types. */
function cursorOf<P extends z.ZodType, T>(parts: P, toCursor: (parts: z.output<P>) => T) {
  return z
    .string()
    .transform((cursor, context): T => {
      const decoded = parts.safeParse(decodeCursor(cursor));
      if (decoded.success) return toCursor(decoded.data);
      context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
      return z.NEVER;
    })
    .openapi({ type: "string", description: "`next_cursor`, or that of `Link`." });
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
  limit: limit(DEFAULT_PARTS, MOST_PARTS).openapi({ description: "Stretches of a page." }),
  cursor: cursorOf(z.tuple([z.int().min(0).max(2_000_000)]), ([part]) => part).optional(),
});

export function toFile(row: FileRow): z.infer<typeof File> {
  return {
    id: row.id,
    original_name: row.original_name,
    content_type: row.content_type,
    file_size: Number(row.file_size),
    file_url: `/files/${row.id}/content`,
    status: row.status,
    processed: row.status === "ready",
    failure: toFailure(row),
    page_count: row.page_count,
    created_at: toIso(row.created_at),
  };
}

/** The code and the sentence of a failure; null where there is none. */
export function toFailure({
  status,
  failure_code: code,
}: Pick<FileRow, "status" | "failure_code">) {
  if (status !== "failed") return null;
  const known = code !== null && isFailureCode(code) ? code : "unreadable";
  return { code: known, detail: FAILURES[known] };
}
