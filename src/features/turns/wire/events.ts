/** What a reader of a turn is told, in the order of the wire contract. */
import { jsonBytes, LARGEST_JSON_BYTES } from "../../../lib/event-json.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import { codePointLength } from "../../../lib/text.ts";
import type { Citation } from "../../citations/citation.ts";
import type { ShownMessage } from "../../messages/fit-message.ts";

export type TurnEvent =
  | { type: "user_message"; message: ShownMessage }
  | { type: "ai_message_start"; message_id: string }
  | { type: DeltaType; content: string }
  | { type: "citations"; citations: ShownCitation[] }
  /** `retry_after`, in seconds, where the provider asks to be left alone for so long. */
  | { type: "error"; error: string; code: ProblemCode; retry_after?: number }
  | { type: "ai_message_complete"; message: ShownMessage }
  | { type: "chat_name"; name: string }
  | { type: "stream_complete" };

/** A piece of the answer's text, or of the reasoning that the model did before it. */
export type DeltaType = "content_delta" | "reasoning_delta";

/** What came of an answer: its text, and the reasoning before it. */
export type Received = { content: string; reasoning: string };

/** A citation in an event: a quote that would make the event too long is null. */
export type ShownCitation = Omit<Citation, "quote"> & {
  quote: string | null;
  quote_length?: number;
};

/** An event with its number: grows within a chat, contiguous within a turn. */
export type NumberedEvent = { id: number; event: TurnEvent };

/** Citations as events, as many in each as fit; none where there are none. */
export function toCitationEvents(citations: readonly Citation[]): TurnEvent[] {
  const groups: ShownCitation[][] = [];
  for (const citation of citations.map(fitCitation)) {
    const group = [...(groups.at(-1) ?? []), citation];
    if (groups.length > 0 && fitTogether(group)) groups[groups.length - 1] = group;
    else groups.push([citation]);
  }
  return groups.map((group) => ({ type: "citations", citations: group }));
}

function fitCitation(citation: Citation): ShownCitation {
  if (fitTogether([citation])) return citation;
  return { ...citation, quote: null, quote_length: codePointLength(citation.quote) };
}

function fitTogether(citations: ShownCitation[]): boolean {
  return jsonBytes({ type: "citations", citations }) <= LARGEST_JSON_BYTES;
}

/** No character takes more than six bytes of JSON: short texts need no counting. */
const SURELY_SHORT = Math.floor(LARGEST_JSON_BYTES / 6) - 10;

/** A text as deltas, each short enough for one event; divided between code points. */
export function toDeltas(text: string, type: DeltaType = "content_delta"): TurnEvent[] {
  const delta = { type, content: text };
  if (text.length <= SURELY_SHORT || jsonBytes(delta) <= LARGEST_JSON_BYTES) return [delta];
  const middle = beforePair(text, text.length >> 1);
  return [...toDeltas(text.slice(0, middle), type), ...toDeltas(text.slice(middle), type)];
}

/** The position itself, or the one before where it lies inside a surrogate pair. */
function beforePair(text: string, position: number): number {
  const code = text.charCodeAt(position);
  return code >= 0xdc00 && code <= 0xdfff ? position - 1 : position;
}
