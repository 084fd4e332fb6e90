/** Wire shapes of messages, and how they are made from rows. */
import { z } from "@hono/zod-openapi";
import { Id, limit, Offset, ShownId, ShownTime, text } from "../../http/fields.ts";
import { utf8Length } from "../../lib/bytes.ts";
import { toIso } from "../../lib/clock.ts";
import { linkedFile } from "./linked-file.ts";
import type { MessageRow } from "./queries.ts";

const LONGEST_MESSAGE = 32_000;
const LONGEST_COMMENT = 2_000;
const DEFAULT_PAGE = 100;
const LARGEST_PAGE = 200;
const LARGEST_METADATA_BYTES = 16 * 1024;

/** Keys of an answer's metadata that the server writes, and nobody else. */
const RESERVED_KEYS = [
  "model",
  "usage",
  "finish_reason",
  "processing_time",
  "citations",
  "unverified_quotes",
  "failover",
  "refusal",
  "reasoning",
];

export const Content = text({ min: 1, max: LONGEST_MESSAGE }).openapi({
  example: "What must a tenancy agreement say about the deposit?",
});

/** A page's path of ours, or an http(s) URL that is kept as text and never fetched. */
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
        message: "This takes at most 16 KiB.",
      });
    }
    for (const key of RESERVED_KEYS.filter((reserved) => Object.hasOwn(metadata, reserved))) {
      const message = "The server writes this key itself.";
      context.addIssue({ code: "custom", params: { code: "reserved_key" }, path: [key], message });
    }
  })
  .openapi({ example: { client: "web" } });

/** What a client may say of a message besides its text. */
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
    description: "Counts from the newest; only where neither `before` nor `after` is given.",
  }),
  before: Id.optional().openapi({ description: "Read what comes before this message." }),
  after: Id.optional().openapi({ description: "Read what comes after this message." }),
});

export const Message = z
  .object({
    id: ShownId,
    chat_id: ShownId,
    parent_id: ShownId.nullable(),
    type: z.enum(["user", "bot"]),
    content: z.string(),
    status: z.enum(["complete", "streaming", "stopped", "interrupted", "failed"]),
    file_name: z.string().nullable(),
    file_url: z.string().nullable(),
    metadata: z.record(z.string(), z.unknown()).openapi({
      description: `What the client sent. On an answer also \`model\`, \`usage\`, \`finish_reason\` and \
\`processing_time\`; \`refusal\` is true where the model refused to answer, and \`reasoning\` what it thought before, \
where the server keeps that; where another model stood in, \`failover: { from, code }\` says for which, and why. On an answer \
from documents, \`citations\`, an array of \`Citation\`, each of which stands in its document word for word, and \
\`unverified_quotes\`, an array of \`{ text }\`: words that the answer puts in quotation marks and points to a document \
with, and that do not stand there.`,
    }),
    sibling_ids: z
      .array(ShownId)
      .openapi({ description: "Oldest first, itself included, at most 50." }),
    sibling_count: z.int(),
    created_at: ShownTime,
  })
  .openapi("Message");

export type Message = z.infer<typeof Message>;

export const NewFeedback = z
  .strictObject({
    rating: z.enum(["up", "down"]),
    comment: text({ max: LONGEST_COMMENT }).nullish(),
  })
  .openapi("NewFeedback", {
    example: { rating: "down", comment: "The quoted section is repealed." },
  });

export type NewFeedback = z.infer<typeof NewFeedback>;

export const Feedback = z
  .object({
    message_id: ShownId,
    rating: z.enum(["up", "down"]),
    comment: z.string().nullable(),
    created_at: ShownTime,
    updated_at: ShownTime,
  })
  .openapi("Feedback");

export type Feedback = z.infer<typeof Feedback>;

export function toMessage(row: MessageRow): Message {
  return { ...row, created_at: toIso(row.created_at) };
}

function isHttpUrl(value: string): boolean {
  return URL.canParse(value) && /^https?:$/.test(new URL(value).protocol);
}
