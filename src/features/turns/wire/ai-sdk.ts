/**
 * The UI message stream of the AI SDK (`ai` of npm, its `uiMessageChunkSchema`): only the chunks and fields that
 * every version from 5.0.0 on takes, because an unknown one ends the stream of some. Pure.
 */
import { toMediaType } from "../../../lib/media-types.ts";
import type { Citation } from "../../citations/citation.ts";
import type { ShownMessage } from "../../messages/schemas.ts";
import type { WireEncoder } from "./encoder.ts";
import type { DeltaType, NumberedEvent, TurnEvent } from "./events.ts";

export type Chunk = { type: string } & Record<string, unknown>;

type EventOf<Type extends TurnEvent["type"]> = Extract<TurnEvent, { type: Type }>;
type ShownCitation = EventOf<"citations">["citations"][number];

export type AiSdkWire = {
  name: "ai-sdk";
  /** The number of chunks that the client has received before. */
  from?: number;
  /** True where the client takes an end without `finish` for a cut, and asks for the rest. */
  asksForRest?: boolean;
};

const DONE = "data: [DONE]\n\n";

const CUT = "The stream was closed before the answer was complete. Load the chat again.";
const LOST = "The answer has ended without a result. Load the chat again.";

export class AiSdkEncoder implements WireEncoder {
  readonly #asksForRest: boolean;
  #skip: number;
  /** The part that the next delta of its type belongs to. */
  #open: { type: "text" | "reasoning"; id: string } | undefined;
  #parts = 0;
  #userMessage: ShownMessage | undefined;
  #metadata: Record<string, unknown> | undefined;
  #error: string | undefined;
  #isOver = false;

  constructor({ from = 0, asksForRest = false }: Omit<AiSdkWire, "name"> = {}) {
    this.#skip = from;
    this.#asksForRest = asksForRest;
  }

  encode({ event }: NumberedEvent): string[] {
    const frames = this.#toChunks(event).map(toFrame);
    // A client that asks again, after all of it, still has to learn that the turn is over.
    if (event.type === "stream_complete") return [...frames, DONE];
    const left = frames.slice(this.#skip);
    this.#skip -= frames.length - left.length;
    return left;
  }

  /** Without it, a client takes the text so far for the whole answer. */
  cut(): string[] {
    if (this.#isOver || this.#asksForRest) return [];
    return [toFrame({ type: "error", errorText: CUT })];
  }

  #toChunks(event: TurnEvent): Chunk[] {
    if (event.type === "user_message") return this.#onUserMessage(event.message);
    if (event.type === "ai_message_start") return this.#start(event.message_id);
    if (event.type === "content_delta" || event.type === "reasoning_delta")
      return this.#delta(event);
    if (event.type === "citations") return [...this.#closePart(), ...citationChunks(event)];
    if (event.type === "chat_name") return [toTitle(event.name)];
    if (event.type === "error") return this.#onError(event);
    if (event.type === "ai_message_complete") return this.#onComplete(event.message);
    return this.#end();
  }

  #onUserMessage(message: ShownMessage): Chunk[] {
    this.#userMessage = message;
    return [];
  }

  #start(messageId: string): Chunk[] {
    const { id, chat_id } = this.#userMessage ?? {};
    const messageMetadata = { chat_id, user_message_id: id };
    return [{ type: "start", messageId, messageMetadata }, { type: "start-step" }];
  }

  #delta({ type: delta, content }: { type: DeltaType; content: string }): Chunk[] {
    const type = delta === "content_delta" ? "text" : "reasoning";
    const before = this.#open?.type === type ? [] : this.#openPart(type);
    return [...before, { type: `${type}-delta`, id: this.#open?.id, delta: content }];
  }

  #openPart(type: "text" | "reasoning"): Chunk[] {
    const before = this.#closePart();
    this.#open = { type, id: `${type}-${++this.#parts}` };
    return [...before, { type: `${type}-start`, id: this.#open.id }];
  }

  #closePart(): Chunk[] {
    if (!this.#open) return [];
    const { type, id } = this.#open;
    this.#open = undefined;
    return [{ type: `${type}-end`, id }];
  }

  /** Kept until the end, because clients read nothing after it. */
  #onError({ error }: EventOf<"error">): Chunk[] {
    this.#error = error;
    return [];
  }

  #onComplete(message: ShownMessage): Chunk[] {
    this.#metadata = toMessageMetadata(message);
    return this.#closePart();
  }

  #end(): Chunk[] {
    this.#isOver = true;
    const finish = { type: "finish", ...(this.#metadata && { messageMetadata: this.#metadata }) };
    return [...this.#closePart(), ...this.#failure(), { type: "finish-step" }, finish];
  }

  #failure(): Chunk[] {
    const errorText = this.#error ?? (this.#metadata ? undefined : LOST);
    if (errorText === undefined) return [];
    const before = this.#metadata
      ? [{ type: "message-metadata", messageMetadata: this.#metadata }]
      : [];
    return [...before, { type: "error", errorText }];
  }
}

const SHOWN_METADATA = [
  "model",
  "finish_reason",
  "usage",
  "processing_time",
  "refusal",
  "failover",
  "unverified_quotes",
] as const;

/** What a client gets as the metadata of an answer: its status, and what is known of its generation. */
export function toMessageMetadata({
  chat_id,
  status,
  metadata,
}: Pick<ShownMessage, "chat_id" | "status" | "metadata">): Record<string, unknown> {
  const shown = SHOWN_METADATA.flatMap((key) => {
    const value = metadata?.[key];
    return value === undefined || value === null ? [] : [[key, value]];
  });
  return { chat_id, status, ...Object.fromEntries(shown) };
}

/** A citation as a source that every interface shows, and whole as data. */
export function toSourceParts(citation: Omit<Citation, "quote"> & { quote: string | null }): {
  source: Chunk;
  data: Chunk;
} {
  const { file_id, file_name, page, start, end, quote } = citation;
  const id = `${file_id}:${start}-${end}`;
  const indifly = { index: citation.index, page, start, end, quote };
  const source = {
    type: "source-document",
    sourceId: id,
    mediaType: toMediaType(file_name),
    title: file_name,
    filename: file_name,
    providerMetadata: { indifly },
  };
  return { source, data: { type: "data-citation", id, data: citation } };
}

function citationChunks({ citations }: EventOf<"citations">): Chunk[] {
  return citations.flatMap((citation: ShownCitation) => {
    const { source, data } = toSourceParts(citation);
    return [source, data];
  });
}

/** For `onData` only: the title belongs to the chat, not to the message. */
function toTitle(title: string): Chunk {
  return { type: "data-title", data: title, transient: true };
}

/** One line of JSON, in which line breaks are escaped. */
function toFrame(chunk: Chunk): string {
  return `data: ${JSON.stringify(chunk)}\n\n`;
}
