/** What a reader of a turn is told, in the order of the wire contract. */
import type { ProblemCode } from "../../lib/problem.ts";
import { codePointLength } from "../../lib/text.ts";
import type { Message } from "../messages/schemas.ts";

export type TurnEvent =
  | { type: "user_message"; message: ShownMessage }
  | { type: "ai_message_start"; message_id: string }
  | { type: "content_delta"; content: string }
  | { type: "citations"; citations: unknown[] }
  | { type: "error"; error: string; code: ProblemCode }
  | { type: "ai_message_complete"; message: ShownMessage }
  | { type: "chat_name"; name: string }
  | { type: "stream_complete" };

/** An event with its number: grows within a chat, contiguous within a turn. */
export type NumberedEvent = { id: number; event: TurnEvent };

/** A message in an event: what would make the event too long is null, and the reader has it already. */
export type ShownMessage = Omit<Message, "content" | "metadata"> & {
  content: string | null;
  metadata: Record<string, unknown> | null;
  content_length?: number;
};

/** The most bytes of one event on the wire: a longer one may be cut in transit, and lost. */
export const LARGEST_EVENT_BYTES = 4_096;

/** Room for `id:`, `event:` and `data:` around the JSON. */
const FRAME_BYTES = 96;
const LARGEST_JSON_BYTES = LARGEST_EVENT_BYTES - FRAME_BYTES;

/** A message as an event carries it: whole if it fits, else without its content, then its metadata. */
export function fitMessage(message: Message): ShownMessage {
  if (fits(message)) return message;
  const content_length = codePointLength(message.content);
  const short = { ...message, content: null, content_length };
  return fits(short) ? short : { ...short, metadata: null };
}

/** A text as deltas, each short enough for one event; divided between code points. */
export function divide(text: string): TurnEvent[] {
  const limit = LARGEST_JSON_BYTES - jsonBytes({ type: "content_delta", content: "" });
  const pieces: string[] = [];
  let piece = "";
  let size = 0;
  for (const char of text) {
    const bytes = jsonBytes(char) - 2;
    if (size + bytes > limit) {
      pieces.push(piece);
      piece = "";
      size = 0;
    }
    piece += char;
    size += bytes;
  }
  return [...pieces, piece].map((content) => ({ type: "content_delta", content }));
}

/** No character takes more than six bytes of JSON: short texts need no counting. */
const SURELY_SHORT = Math.floor(LARGEST_JSON_BYTES / 6) - 10;

/** The deltas of a text. */
export function toDeltas(text: string): TurnEvent[] {
  return text.length <= SURELY_SHORT ? [{ type: "content_delta", content: text }] : divide(text);
}

function fits(message: ShownMessage): boolean {
  return jsonBytes({ type: "ai_message_complete", message }) <= LARGEST_JSON_BYTES;
}

function jsonBytes(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).byteLength;
}
