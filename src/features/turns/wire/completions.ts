/** A turn as the chunks of a streamed chat completion (OpenAI's API). Pure, but for what it keeps of the turn. */
import { formatData } from "../../../http/event-stream.ts";
import { toOpenAiError } from "../../../http/openai-error.ts";
import { Problem } from "../../../lib/problem.ts";
import type { Usage } from "../../usage/schemas.ts";
import type { WireEncoder } from "./encoder.ts";
import type { NumberedEvent, TurnEvent } from "./events.ts";
import {
  citedUrl,
  type FinishReason,
  markerPositions,
  readUsage,
  toOpenAiReason,
} from "./openai-parts.ts";

/** What a stream of chunks depends on besides its turn. */
export type CompletionsWire = {
  name: "completions";
  /** The name that the client has sent. */
  model: string;
  /** True where a chunk before the last line has the usage. */
  includesUsage: boolean;
  /** Of the links to cited files. */
  origin: string;
};

const DONE = "data: [DONE]\n\n";

type EventOf<Type extends TurnEvent["type"]> = Extract<TurnEvent, { type: Type }>;
type CitedFile = EventOf<"citations">["citations"][number];

/**
 * The first chunk has the role, the last one `finish_reason`; citations come in one chunk before it, because clients do
 * not join lists. A turn that fails ends with an `error`, and without `finish_reason` and `[DONE]`.
 */
export class CompletionsEncoder implements WireEncoder {
  readonly #wire: CompletionsWire;
  #createdAt = 0;
  #chatId = "";
  #answerId = "";
  #text = "";
  #citations: CitedFile[] = [];
  #isOver = false;

  constructor(wire: CompletionsWire) {
    this.#wire = wire;
  }

  encode({ event }: NumberedEvent): string[] {
    if (this.#isOver) return [];
    switch (event.type) {
      case "user_message":
        return this.#onUserMessage(event);
      case "ai_message_start":
        return this.#onStart(event);
      case "content_delta":
        return this.#onText(event);
      case "reasoning_delta":
        return [this.#chunk({ reasoning_content: event.content })];
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

  /** The answer may go on, but a client that reads no error would take what it has for the whole. */
  cut(): string[] {
    return this.#isOver ? [] : this.#fail(new Problem("room_unavailable"));
  }

  #onUserMessage({ message }: EventOf<"user_message">): string[] {
    this.#createdAt = secondsOf(message.created_at);
    this.#chatId = message.chat_id;
    return [];
  }

  #onStart({ message_id: id }: EventOf<"ai_message_start">): string[] {
    this.#answerId = id;
    return [this.#chunk({ role: "assistant", content: "" })];
  }

  #onText({ content }: { content: string }): string[] {
    this.#text += content;
    return [this.#chunk({ content })];
  }

  #onError({ code, retry_after: seconds }: EventOf<"error">): string[] {
    const headers = seconds === undefined ? {} : { "retry-after": String(seconds) };
    return this.#fail(new Problem(code, { headers }));
  }

  #onComplete({ message }: EventOf<"ai_message_complete">): string[] {
    this.#isOver = true;
    const metadata = message.metadata ?? {};
    const usage = this.#wire.includesUsage ? readUsage(metadata) : undefined;
    return [
      ...this.#citationChunk(),
      this.#chunk({}, toOpenAiReason(metadata)),
      ...(usage ? [this.#frame([], toCompletionUsage(usage))] : []),
      DONE,
    ];
  }

  #citationChunk(): string[] {
    if (this.#citations.length === 0) return [];
    const annotations = toAnnotations(this.#text, this.#citations, this.#wire.origin);
    return [this.#chunk({ annotations, citations: this.#citations })];
  }

  #fail(problem: Problem): string[] {
    this.#isOver = true;
    return [formatData({ error: toOpenAiError(problem) })];
  }

  #chunk(delta: Record<string, unknown>, finish_reason: FinishReason | null = null): string {
    return this.#frame([{ index: 0, delta, logprobs: null, finish_reason }]);
  }

  #frame(choices: unknown[], usage?: CompletionUsage): string {
    return formatData({
      id: completionId(this.#answerId),
      object: "chat.completion.chunk",
      created: this.#createdAt,
      model: this.#wire.model,
      choices,
      ...(usage && { usage }),
      chat_id: this.#chatId,
    });
  }
}

/** The id of the completion that an answer is. */
export function completionId(answerId: string): string {
  return `chatcmpl-${answerId}`;
}

/** Seconds since the epoch. */
export function secondsOf(time: string): number {
  return Math.floor(Date.parse(time) / 1000);
}

type CompletionUsage = ReturnType<typeof toCompletionUsage>;

/** The usage of a completion; the cost is a member of our own. */
export function toCompletionUsage(usage: Usage) {
  const { prompt_tokens, completion_tokens, total_tokens, cost, estimated } = usage;
  return {
    prompt_tokens,
    completion_tokens,
    total_tokens,
    prompt_tokens_details: { cached_tokens: usage.cached_tokens ?? 0 },
    completion_tokens_details: { reasoning_tokens: usage.reasoning_tokens ?? 0 },
    cost,
    estimated,
  };
}

/** The citations as annotations of an answer's text. */
export function toAnnotations(text: string, citations: readonly CitedFile[], origin: string) {
  return markerPositions(text, citations).map(({ citation, start, end }) => ({
    type: "url_citation" as const,
    url_citation: {
      start_index: start,
      end_index: end,
      title: citation.file_name,
      url: citedUrl(origin, citation),
    },
  }));
}
