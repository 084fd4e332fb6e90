/** The events of a turn, in the order of the wire contract. */
import { jsonBytes, LARGEST_JSON_BYTES } from "../../../lib/event-json.ts";
import type { ProblemCode } from "../../../lib/problem.ts";
import { beforePair, codePointLength } from "../../../lib/code-points.ts";
import type { Citation } from "../../citations/citation.ts";
import type { ShownMessage } from "../../messages/fit-message.ts";

export type TurnEvent =
  | { type: "user_message"; message: ShownMessage }
  | { type: "ai_message_start"; message_id: string }
  | { type: DeltaType; content: string }
  | { type: "citations"; citations: ShownCitation[] }
  /** `retry_after`: seconds, where the provider gives them. */
  | { type: "error"; error: string; code: ProblemCode; retry_after?: number }
  | { type: "ai_message_complete"; message: ShownMessage }
  | { type: "chat_name"; name: string }
  | { type: "stream_complete" };

/** A piece of the answer's text, or of the model's reasoning before it. */
export type DeltaType = "content_delta" | "reasoning_delta";

/** The text of an answer so far, and of the reasoning before it. */
export type Received = { content: string; reasoning: string };

/** A citation in an event; `quote` is null where it would make the event too long. */
type ShownCitation = Omit<Citation, "quote"> & {
  quote: string | null;
  quote_length?: number;
};

/** An event with its id, which grows within a chat and has no gaps within a turn. */
export type NumberedEvent = { id: number; event: TurnEvent };

/** The events for citations, as many citations in each as fit. */
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

/** No UTF-16 code unit takes more than six bytes of JSON, so shorter texts fit without counting. */
const SURELY_FITTING_LENGTH = Math.floor(LARGEST_JSON_BYTES / 6) - 10;

/** The deltas of a text, each short enough for one event; divided between code points. */
export function toDeltas(text: string, type: DeltaType = "content_delta"): TurnEvent[] {
  const delta = { type, content: text };
  if (text.length <= SURELY_FITTING_LENGTH || jsonBytes(delta) <= LARGEST_JSON_BYTES)
    return [delta];
  const middle = beforePair(text, text.length >> 1);
  return [...toDeltas(text.slice(0, middle), type), ...toDeltas(text.slice(middle), type)];
}
