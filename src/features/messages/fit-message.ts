/** Shortens a message to fit one event. Pure. */
import { jsonBytes, LARGEST_JSON_BYTES } from "../../lib/event-json.ts";
import { codePointLength } from "../../lib/code-points.ts";
import type { Message, ShownMessage } from "./schemas.ts";

/**
 * The message if it fits an event; otherwise without its content, then without its quotations and
 * reasoning, then without its metadata, then without its attachments.
 */
export function fitMessage(message: Message): ShownMessage {
  if (fits(message)) return message;
  const content_length = codePointLength(message.content);
  const short = { ...message, content: null, content_length };
  if (fits(short)) return short;
  const unquoted = { ...short, metadata: withoutQuotes(message.metadata) };
  if (fits(unquoted)) return unquoted;
  const bare = { ...short, metadata: null };
  return fits(bare) ? bare : { ...bare, files: null };
}

function withoutQuotes(metadata: Message["metadata"]): Message["metadata"] {
  const keys = ["citations", "unverified_quotes", "reasoning"].filter((key) =>
    Object.hasOwn(metadata, key),
  );
  return { ...metadata, ...Object.fromEntries(keys.map((key) => [key, null])) };
}

function fits(message: ShownMessage): boolean {
  return jsonBytes({ type: "ai_message_complete", message }) <= LARGEST_JSON_BYTES;
}
