/** Wire shapes of chats, and the functions that make them from rows. */
import { z } from "@hono/zod-openapi";
import {
  CursorTime,
  envelope,
  Flag,
  Id,
  isStorableTime,
  limit,
  NextCursor,
  Offset,
  QueryText,
  ShownId,
  ShownTime,
  text,
} from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { toIso } from "../../lib/clock.ts";
import { decodeCursor } from "../../lib/cursor.ts";
import { isId } from "../../lib/ids.ts";
import { Content, Message } from "../messages/schemas.ts";
import { expiryOf } from "./expiry.ts";
import type { ChatCursor, ChatRow } from "./queries.ts";

/** The title of a chat without a name. */
export const DEFAULT_TITLE = "New Chat";

/** True for the default title, which some clients send themselves: such a chat has no title of its own. */
export function isDefaultTitle(title: string): boolean {
  return title.trim().toLowerCase() === DEFAULT_TITLE.toLowerCase();
}

const LONGEST_TITLE = 200;
const DEFAULT_PAGE = 50;
const LARGEST_PAGE = 100;
const LONGEST_SEARCH = 1_000;
const MOST_FILES = 20;

const Title = text({ min: 1, max: LONGEST_TITLE }).openapi({ example: "Deposit of the old flat" });

export const Chat = onDemand(() =>
  z
    .object({
      id: ShownId,
      user_id: ShownId,
      title: z.string().openapi({ example: DEFAULT_TITLE }),
      auto_title: z.boolean().openapi({
        description: "True while the chat may still get its title from the first message.",
      }),
      pinned: z.boolean(),
      archived: z.boolean(),
      current_message_id: ShownId.nullable().openapi({
        description: "The last message of the active path, which runs from it up to the root.",
      }),
      message_count: z
        .int()
        .openapi({ description: "The number of messages in all branches.", example: 0 }),
      created_at: ShownTime,
      updated_at: ShownTime.openapi({
        description: "Changes with messages and title, not with pin or archive.",
      }),
      temporary: z.boolean().openapi({
        description: "True when the chat is deleted 24 hours after `updated_at`.",
      }),
      expires_at: ShownTime.nullable().openapi({
        description:
          "When the chat will be deleted, within a minute or once a running answer has ended; null when it has no time of its own.",
      }),
    })
    .openapi("Chat"),
);

export type Chat = Shown<typeof Chat>;

export const ChatWithMessages = onDemand(() =>
  Chat()
    .extend({
      messages: z
        .array(Message())
        .openapi({ description: "The newest page of the active path, oldest first." }),
      previous_cursor: ShownId.nullable().openapi({
        description:
          "Pass it as `before` to `GET /chats/{id}/messages`; null when there are no older messages.",
      }),
    })
    .openapi("ChatWithMessages"),
);

export const ChatList = onDemand(() =>
  z
    .object({
      chats: z.array(Chat()),
      total: z.int().openapi({ description: "Exact up to 10,000.", example: 1 }),
      total_is_lower_bound: z
        .literal(true)
        .optional()
        .openapi({ description: "Present when there are more chats than `total`." }),
      limit: z.int().openapi({ example: DEFAULT_PAGE }),
      offset: z.int().openapi({ description: "0 if a cursor was given.", example: 0 }),
      next_cursor: NextCursor(),
    })
    .openapi("ChatList"),
);

const Temporary = z.boolean().nullish().openapi({
  description: "Whether the chat is deleted 24 hours after its last activity.",
});

const ExpiryTime = z.iso
  .datetime({ offset: true, error: "This is not a time with a UTC offset." })
  .refine(isStorableTime, "This time is out of range.")
  .transform((moment) => toIso(moment))
  .openapi({ format: "date-time", example: "2036-01-31T12:00:00Z" });

export const NewChat = z
  .strictObject({
    title: Title.nullish().openapi({ description: `Default: "${DEFAULT_TITLE}".` }),
    auto_title: z.boolean().nullish().openapi({
      description:
        'Whether the first user message names the chat. Default: true without a title, or with the title "New Chat"; false with a title of its own.',
    }),
    temporary: Temporary,
    expires_at: ExpiryTime.nullish().openapi({ description: "When to delete the chat." }),
  })
  .openapi("NewChat", { example: { title: "Deposit of the old flat" } });

export const Rename = z.strictObject({ title: Title }).openapi("RenameChat");

export const ChatChange = z
  .strictObject({
    title: Title.nullish(),
    pinned: z.boolean().nullish(),
    archived: z.boolean().nullish(),
    current_message_id: Id.nullish().openapi({
      description:
        "Any message of the chat; the active path then leads to the newest leaf below it.",
    }),
    temporary: Temporary,
    expires_at: ExpiryTime.nullish().openapi({
      description: "When to delete the chat; null keeps it.",
    }),
  })
  .openapi("ChatChange", { example: { pinned: true } });

export const Deleted = onDemand(() =>
  envelope(z.object({ chat_id: ShownId })).openapi("ChatDeleted"),
);

export const NameRequest = z
  .strictObject({
    message: Content.nullish().openapi({
      description:
        "The text to name the chat after. Default: the names of `file_ids`, otherwise the first user message.",
    }),
    file_ids: z
      .array(Id)
      .max(MOST_FILES)
      .nullish()
      .openapi({ description: "Ids of your documents." }),
  })
  .openapi("NameRequest");

export const NameResponse = onDemand(() =>
  z
    .object({
      suggested_name: z.string().openapi({ example: "Deposit of the old flat" }),
      reasoning: z.string().openapi({ example: "The message is about a deposit." }),
    })
    .openapi("SuggestedName"),
);

export const ExportQuery = z.object({
  format: z.enum(["json", "markdown"]).default("json").openapi({ description: "Of the file." }),
  branches: z.enum(["active", "all"]).default("active").openapi({
    description: "The active path, or every message of the chat.",
  }),
});

export const ChatExport = onDemand(() =>
  z
    .object({ chat: Chat(), messages: z.array(Message()) })
    .openapi("ChatExport", { description: "The active path, or all branches, oldest first." }),
);

/** The sort key of the list, as encoded in a cursor. */
const CursorParts = z.tuple([z.boolean(), CursorTime, z.string().refine(isId)]);

const Cursor = z
  .string()
  .transform((cursor, context): ChatCursor => {
    const parts = CursorParts.safeParse(decodeCursor(cursor));
    if (!parts.success) {
      context.addIssue({ code: "custom", message: "This is not a cursor of this list." });
      return z.NEVER;
    }
    const [pinned, updatedAt, id] = parts.data;
    return { pinned, updatedAt, id };
  })
  .openapi({
    type: "string",
    description: "`next_cursor` of the previous page; takes precedence over `offset`.",
  });

/** A date (midnight UTC) or a time with its UTC offset. */
const Moment = z
  .union([z.iso.date(), z.iso.datetime({ offset: true })], {
    error: "This is neither an ISO 8601 date nor a time with a UTC offset.",
  })
  .refine(isStorableTime, "This time is out of range.")
  .transform((moment) => toIso(moment))
  .openapi({ type: "string", example: "2026-11-23" });

export const ChatQuery = z.object({
  limit: limit(DEFAULT_PAGE, LARGEST_PAGE),
  offset: Offset,
  cursor: Cursor.optional(),
  search: QueryText.max(LONGEST_SEARCH)
    .optional()
    .openapi({ description: "Text to find in titles, regardless of case." }),
  start_date: Moment.optional().openapi({ description: "Earliest `updated_at`, inclusive." }),
  end_date: Moment.optional().openapi({ description: "Latest `updated_at`, exclusive." }),
  archived: Flag.default(false).openapi({ description: "True: lists the archived chats alone." }),
});

export function toChat(row: ChatRow): Chat {
  const { version: _version, ...shown } = row;
  return {
    ...shown,
    created_at: toIso(row.created_at),
    updated_at: toIso(row.updated_at),
    expires_at: expiryOf(row),
  };
}
