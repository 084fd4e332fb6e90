/** The events of a turn, in the order of the wire contract. */
import { z } from "@hono/zod-openapi";
import { ErrorEvent, StreamCompleteEvent } from "../../../http/event-schemas.ts";
import { ShownId } from "../../../http/fields.ts";
import { onDemand, type Shown } from "../../../http/on-demand.ts";
import { jsonBytes, LARGEST_JSON_BYTES } from "../../../lib/event-json.ts";
import { beforePair, codePointLength } from "../../../lib/code-points.ts";
import { Citation } from "../../citations/citation.ts";
import { ShownMessage } from "../../messages/schemas.ts";

/** A citation in an event; `quote` is null where it would make the event too long. */
const ShownCitation = onDemand(() =>
  z
    .object({
      ...Citation().shape,
      quote: z
        .string()
        .nullable()
        .openapi({ description: "Null where it is too long for an event." }),
      quote_length: z.int().optional().openapi({
        description: "The length of a quote that is null, in code points.",
      }),
    })
    .openapi("EventCitation"),
);

type ShownCitation = Shown<typeof ShownCitation>;

const UserMessageEvent = onDemand(() =>
  z
    .object({ type: z.literal("user_message"), message: ShownMessage() })
    .openapi("UserMessageEvent", { description: "First: the user message is stored." }),
);

const AnswerStartEvent = onDemand(() =>
  z
    .object({ type: z.literal("ai_message_start"), message_id: ShownId })
    .openapi("AiMessageStartEvent", { description: "The id of the answer." }),
);

const ReasoningDeltaEvent = onDemand(() =>
  z
    .object({ type: z.literal("reasoning_delta"), content: z.string() })
    .openapi("ReasoningDeltaEvent", {
      description: "More of the model's reasoning before the answer, which is no part of it.",
    }),
);

const ContentDeltaEvent = onDemand(() =>
  z
    .object({ type: z.literal("content_delta"), content: z.string() })
    .openapi("ContentDeltaEvent", { description: "More of the answer's text." }),
);

const CitationsEvent = onDemand(() =>
  z
    .object({ type: z.literal("citations"), citations: z.array(ShownCitation()) })
    .openapi("CitationsEvent", {
      description: "Some of the answer's citations; several events where they do not fit one.",
    }),
);

const AnswerCompleteEvent = onDemand(() =>
  z
    .object({ type: z.literal("ai_message_complete"), message: ShownMessage() })
    .openapi("AiMessageCompleteEvent", {
      description:
        "The answer with its status, however it ended. Of an `interrupted` answer the content replaces what was streamed.",
    }),
);

const ChatNameEvent = onDemand(() =>
  z
    .object({ type: z.literal("chat_name"), name: z.string() })
    .openapi("ChatNameEvent", { description: "The chat has got a title." }),
);

export const TurnEvent = onDemand(() =>
  z
    .discriminatedUnion("type", [
      UserMessageEvent(),
      AnswerStartEvent(),
      ReasoningDeltaEvent(),
      ContentDeltaEvent(),
      CitationsEvent(),
      ErrorEvent(),
      AnswerCompleteEvent(),
      ChatNameEvent(),
      StreamCompleteEvent(),
    ])
    .openapi("TurnEvent", {
      description: "The data of one event of a stream, as one line of JSON.",
    }),
);

export type TurnEvent = Shown<typeof TurnEvent>;

/** A piece of the answer's text, or of the model's reasoning before it. */
export type DeltaType = "content_delta" | "reasoning_delta";

/** The text of an answer so far, and of the reasoning before it. */
export type Received = { content: string; reasoning: string };

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
