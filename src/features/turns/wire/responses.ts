/** A turn as the events of a streamed response (OpenAI's Responses API). Pure, but for what it keeps of the turn. */
import { toOpenAiError } from "../../../http/openai-error.ts";
import { Problem } from "../../../lib/problem.ts";
import { secondsOf } from "./completions.ts";
import type { WireEncoder } from "./encoder.ts";
import type { NumberedEvent, TurnEvent } from "./events.ts";
import { readUsage } from "./openai-parts.ts";
import {
  type CitedFile,
  endingOf,
  messageId,
  messageItem,
  type WholeResponse,
  type ResponseState,
  textPart,
  toFileCitations,
  toResponseError,
  toResponseObject,
} from "./response-object.ts";

/** What a stream of events depends on besides its turn. */
export type ResponsesWire = {
  name: "responses";
  /** The name that the client has sent. */
  model: string;
  /** True where the client may leave and come back. */
  background: boolean;
  /** True for a response that is kept. */
  store: boolean;
  /** How many events the client has received before. */
  from?: number;
  /** The same, where the log of the turn is gone: only the last event is left for it. */
  resumedAt?: number;
};

type EventOf<Type extends TurnEvent["type"]> = Extract<TurnEvent, { type: Type }>;

const DONE = "data: [DONE]\n\n";

/** Where the text is: an answer is one item with one part. */
const AT = { output_index: 0, content_index: 0 } as const;

/**
 * Every event has a `sequence_number`, which counts from 0 without a gap, so that a client can read on after any. A turn
 * that fails ends with `response.failed`, one that is stopped or cut by its length with `response.incomplete`. Whoever
 * resumes always gets that end: a crash may have taken events that the client has, and then its number is lower.
 */
export class ResponsesEncoder implements WireEncoder {
  readonly #wire: ResponsesWire;
  #sequence = 0;
  #createdAt = 0;
  #chatId = "";
  #answerId = "";
  #previousId: string | null = null;
  #text = "";
  #citations: CitedFile[] = [];
  #isOver = false;

  constructor(wire: ResponsesWire) {
    this.#wire = wire;
  }

  encode({ event }: NumberedEvent): string[] {
    if (this.#isOver) return [];
    const { from = 0, resumedAt } = this.#wire;
    const received = resumedAt === undefined ? Math.max(0, from - this.#sequence) : Infinity;
    const frames = this.#framesOf(event);
    const end = this.#isOver ? frames.splice(-2) : [];
    return [...frames.slice(received), ...end];
  }

  /** Not counted: whoever resumes gets the event of this number. */
  cut(): string[] {
    if (this.#isOver) return [];
    const { message, code } = toOpenAiError(new Problem("room_unavailable"));
    const event = { type: "error", sequence_number: this.#sequence, code, message, param: null };
    return [namedFrame(event)];
  }

  #framesOf(event: TurnEvent): string[] {
    switch (event.type) {
      case "user_message":
        return this.#onUserMessage(event);
      case "ai_message_start":
        return this.#onStart(event);
      case "content_delta":
        return this.#onText(event);
      case "citations":
        this.#citations.push(...event.citations);
        return [];
      case "error":
        return this.#onError(event);
      case "ai_message_complete":
        return this.#onComplete(event);
      default:
        return [];
    }
  }

  #onUserMessage({ message }: EventOf<"user_message">): string[] {
    this.#createdAt = secondsOf(message.created_at);
    this.#chatId = message.chat_id;
    this.#previousId = message.parent_id;
    return [];
  }

  #onStart({ message_id: id }: EventOf<"ai_message_start">): string[] {
    this.#answerId = id;
    const response = this.#response({ status: "in_progress" });
    const item = messageItem(id, "in_progress", []);
    const part = textPart("", []);
    return [
      this.#event("response.created", { response }),
      this.#event("response.in_progress", { response }),
      this.#event("response.output_item.added", { output_index: 0, item }),
      this.#event("response.content_part.added", { item_id: item.id, ...AT, part }),
    ];
  }

  #onText({ content }: { content: string }): string[] {
    this.#text += content;
    const delta = { item_id: messageId(this.#answerId), ...AT, delta: content, logprobs: [] };
    return [this.#event("response.output_text.delta", delta)];
  }

  #onError({ code }: EventOf<"error">): string[] {
    const response = this.#response({ status: "failed", error: toResponseError(code) });
    return this.#end("response.failed", response);
  }

  #onComplete({ message }: EventOf<"ai_message_complete">): string[] {
    // Of an interrupted answer, the text that is stored counts.
    const text = message.content ?? this.#text;
    const metadata = message.metadata ?? {};
    const annotations = toFileCitations(text, this.#citations);
    const ending = endingOf(message.status, metadata);
    const item_id = messageId(this.#answerId);
    const part = textPart(text, annotations);
    const item = messageItem(
      this.#answerId,
      ending.status === "completed" ? "completed" : "incomplete",
      [part],
    );
    const response = this.#response({
      ...ending,
      output: [item],
      usage: readUsage(metadata),
      citations: this.#citations,
    });
    return [
      ...annotations.map((annotation, index) =>
        this.#event("response.output_text.annotation.added", {
          item_id,
          ...AT,
          annotation_index: index,
          annotation,
        }),
      ),
      this.#event("response.output_text.done", { item_id, ...AT, text, logprobs: [] }),
      this.#event("response.content_part.done", { item_id, ...AT, part }),
      this.#event("response.output_item.done", { output_index: 0, item }),
      ...this.#end(
        ending.status === "completed" ? "response.completed" : "response.incomplete",
        response,
      ),
    ];
  }

  #end(type: string, response: WholeResponse): string[] {
    this.#isOver = true;
    const { from = 0, resumedAt = Math.max(from, this.#sequence) } = this.#wire;
    this.#sequence = resumedAt;
    return [this.#event(type, { response }), DONE];
  }

  #response(state: ResponseState): WholeResponse {
    const { model, background, store } = this.#wire;
    return toResponseObject(
      {
        answerId: this.#answerId,
        previousId: this.#previousId,
        chatId: this.#chatId,
        createdAt: this.#createdAt,
        model,
        background,
        store,
      },
      state,
    );
  }

  #event(type: string, members: Record<string, unknown>): string {
    return namedFrame({ type, sequence_number: this.#sequence++, ...members });
  }
}

function namedFrame(event: { type: string } & Record<string, unknown>): string {
  return `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`;
}
