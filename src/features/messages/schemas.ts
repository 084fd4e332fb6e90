/** Wire shapes of messages, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import {
  CursorTime,
  Id,
  limit,
  NextCursor,
  Offset,
  ShownId,
  ShownTime,
  text,
} from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { utf8Length } from "../../lib/bytes.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { isId } from "../../lib/ids.ts";
import { linkedFile } from "./linked-file.ts";
import type { MessageRow } from "./queries.ts";

const LONGEST_MESSAGE = 32_000;
const LONGEST_COMMENT = 2_000;
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 200;
const DEFAULT_FEEDBACK_PAGE = 50;
// In JSON a control character takes six bytes: of the longest comments, as many as `PAGE_BYTES` has room for.
const LARGEST_FEEDBACK_PAGE = 80;
const LARGEST_METADATA_BYTES = 16 * 1024;

/** Metadata keys that only the server may write. */
export const RESERVED_KEYS = [
  "model",
  "usage",
  "finish_reason",
  "processing_time",
  "timings",
  "citations",
  "unverified_quotes",
  "failover",
  "refusal",
  "reasoning",
  "queries",
];

export const Content = text({ min: 1, max: LONGEST_MESSAGE }).openapi({
  example: "What must a tenancy agreement say about the deposit?",
});

/** The path of a file, or an http(s) URL that is stored as text and never fetched. */
const FileUrl = text({ max: 2_048 }).refine(
  (value) => linkedFile(value) !== undefined || isHttpUrl(value),
  "This must be the path of a file, or an http(s) URL.",
);

const Metadata = z
  .record(z.string(), z.unknown())
  .superRefine((metadata, context) => {
    if (utf8Length(JSON.stringify(metadata)) > LARGEST_METADATA_BYTES) {
      context.addIssue({
        code: "custom",
        params: { code: "too_long" },
        message: "The metadata must not exceed 16 KiB.",
      });
    }
    for (const key of RESERVED_KEYS.filter((reserved) => Object.hasOwn(metadata, reserved))) {
      const message = "This key is reserved for the server.";
      context.addIssue({ code: "custom", params: { code: "reserved_key" }, path: [key], message });
    }
  })
  .openapi({ description: "Any JSON, at most 16 KiB.", example: { client: "web" } });

/** Fields of a message that a client may send besides its text. */
export const messageFields = {
  file_name: text({ max: 255 }).nullish(),
  file_url: FileUrl.nullish(),
  metadata: Metadata.nullish(),
};

export const NewMessage = z
  .strictObject({ chat_id: Id, type: z.enum(["user", "bot"]), content: Content, ...messageFields })
  .openapi("NewMessage");

export const MessageQuery = z.object({
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  offset: Offset.openapi({
    description: "Counts from the newest message; ignored with `before` or `after`.",
  }),
  before: Id.optional().openapi({ description: "List the messages before this one." }),
  after: Id.optional().openapi({ description: "List the messages after this one." }),
});

const MessageFile = onDemand(() =>
  z
    .object({
      id: ShownId,
      name: z.string().nullable().openapi({
        description: "Null once the file is deleted.",
        example: "lease.pdf",
      }),
      status: z.enum(["pending", "processing", "ready", "failed", "deleted"]).openapi({
        description: "As that of the `File`; `deleted` once it is deleted.",
      }),
    })
    .openapi("MessageFile"),
);

export const Message = onDemand(() =>
  z
    .object({
      id: ShownId,
      chat_id: ShownId,
      parent_id: ShownId.nullable(),
      type: z.enum(["user", "bot"]),
      role: z.enum(["user", "assistant"]).openapi({
        description: "The same as `type`, in the words of the AI providers: `assistant` for `bot`.",
      }),
      content: z.string(),
      status: z.enum(["complete", "streaming", "stopped", "interrupted", "failed"]),
      file_name: z.string().nullable(),
      file_url: z.string().nullable(),
      files: z.array(MessageFile()).openapi({
        description:
          "The message's own attachments, in the order in which they were named. Empty for an answer.",
      }),
      // Typed in the document alone: what an earlier version stored is shown as it is.
      metadata: z.record(z.string(), z.unknown()).openapi({
        allOf: [{ $ref: "#/components/schemas/MessageMetadata" }],
      }),
      sibling_ids: z
        .array(ShownId)
        .openapi({ description: "Oldest first, at most 50, this message included." }),
      sibling_count: z.int(),
      created_at: ShownTime,
    })
    .openapi("Message"),
);

export type Message = Shown<typeof Message>;

/**
 * A message in an event, which has at most 4 KiB: parts that would make it longer are null; the subscriber has them
 * already.
 */
export const ShownMessage = onDemand(() =>
  z
    .object({
      // Not extended: the document would require the members of both.
      ...Message().shape,
      content: z.string().nullable().openapi({
        description:
          "Null where it would make the event longer than 4 KiB; `content_length` is then given. Of a user message the client has the content that it sent, of an answer the content of its deltas; every other response has it whole.",
      }),
      files: Message().shape.files.nullable().openapi({
        description: "The attachments; null where they would make the event too long.",
      }),
      metadata: z.record(z.string(), z.unknown()).nullable().openapi({
        description:
          "As that of a `Message`. In an event that would be too long, `citations`, `unverified_quotes` and `reasoning` in it are null, or it is null itself.",
      }),
      content_length: z.int().optional().openapi({
        description: "The length of a content that is null, in Unicode code points.",
      }),
    })
    .openapi("EventMessage"),
);

export type ShownMessage = Shown<typeof ShownMessage>;

export const NewFeedback = z
  .strictObject({
    rating: z.enum(["up", "down"]),
    comment: text({ max: LONGEST_COMMENT }).nullish(),
  })
  .openapi("NewFeedback", {
    example: { rating: "down", comment: "The quoted section is repealed." },
  });

export type NewFeedback = z.infer<typeof NewFeedback>;

export const Feedback = onDemand(() =>
  z
    .object({
      message_id: ShownId,
      rating: z.enum(["up", "down"]),
      comment: z.string().nullable(),
      created_at: ShownTime,
      updated_at: ShownTime,
    })
    .openapi("Feedback"),
);

export type Feedback = Shown<typeof Feedback>;

export const FeedbackList = onDemand(() =>
  z
    .object({
      feedback: z.array(Feedback()),
      next_cursor: NextCursor(),
    })
    .openapi("FeedbackList"),
);

/** The sort key of the list of feedback. */
export type FeedbackPosition = { createdAt: string; messageId: string };

const FeedbackCursor = z
  .string()
  .transform((cursor, context): FeedbackPosition => {
    const parts = z.tuple([CursorTime, z.string().refine(isId)]).safeParse(decodeCursor(cursor));
    if (parts.success) return { createdAt: parts.data[0], messageId: parts.data[1] };
    context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
    return z.NEVER;
  })
  .openapi({ type: "string", description: "`next_cursor` of the previous page." });

export const FeedbackQuery = z.object({
  limit: limit(DEFAULT_FEEDBACK_PAGE, LARGEST_FEEDBACK_PAGE),
  cursor: FeedbackCursor.optional(),
});

export function toMessage(row: MessageRow): Message {
  return { ...row, role: roleOf(row), created_at: toIso(row.created_at) };
}

/** Before `role` and `files` a message had the other members. */
type EarlierMessage = Omit<Message, "role" | "files"> & Partial<Pick<Message, "files">>;

/** A message that an earlier version may have stored or sent. */
export function completeMessage(message: EarlierMessage): Message {
  return { ...message, role: roleOf(message), files: message.files ?? [] };
}

function roleOf({ type }: Pick<Message, "type">): Message["role"] {
  return type === "user" ? "user" : "assistant";
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
