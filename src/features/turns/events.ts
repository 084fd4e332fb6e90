/** What a reader of a turn is told, in the order of the wire contract. */
import type { ProblemCode } from "../../lib/problem.ts";
import { utf8Length } from "../../lib/bytes.ts";
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

/** No character takes more than six bytes of JSON: short texts need no counting. */
const SURELY_SHORT = Math.floor(LARGEST_JSON_BYTES / 6) - 10;

/** A text as deltas, each short enough for one event; divided between code points. */
export function toDeltas(text: string): TurnEvent[] {
  const delta = { type: "content_delta", content: text } as const;
  if (text.length <= SURELY_SHORT || jsonBytes(delta) <= LARGEST_JSON_BYTES) return [delta];
  const middle = beforePair(text, text.length >> 1);
  return [...toDeltas(text.slice(0, middle)), ...toDeltas(text.slice(middle))];
}

/** The place itself, or the one before where it lies inside a surrogate pair. */
function beforePair(text: string, place: number): number {
  const code = text.charCodeAt(place);
  return code >= 0xdc00 && code <= 0xdfff ? place - 1 : place;
}

function fits(message: ShownMessage): boolean {
  return jsonBytes({ type: "ai_message_complete", message }) <= LARGEST_JSON_BYTES;
}

function jsonBytes(value: unknown): number {
  return utf8Length(JSON.stringify(value));
}
