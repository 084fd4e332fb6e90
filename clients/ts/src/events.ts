/** The events of a turn, as they arrive. */
import { createParser } from "eventsource-parser";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** A message in an event: `content` and `metadata` are null where the event would be too long. */
export type EventMessage = Omit<Schemas["Message"], "content" | "metadata"> & {
  content: string | null;
  metadata: Record<string, unknown> | null;
  content_length?: number;
};

/** A citation in an event: `quote` is null where the event would be too long. */
export type EventCitation = Omit<Schemas["Citation"], "quote"> & {
  quote: string | null;
  quote_length?: number;
};

export type TurnEvent = { id?: number } & (
  | { type: "user_message"; message: EventMessage }
  | { type: "ai_message_start"; message_id: string }
  | { type: "reasoning_delta"; content: string }
  | { type: "content_delta"; content: string }
  | { type: "citations"; citations: EventCitation[] }
  | { type: "error"; error: string; code: string; retry_after?: number }
  | { type: "ai_message_complete"; message: EventMessage }
  | { type: "chat_name"; name: string }
  | { type: "stream_complete" }
);

/** The answer's text after an event: an interrupted answer replaces what came before. */
export function textAfter(text: string, event: TurnEvent): string {
  if (event.type === "content_delta") return text + event.content;
  if (event.type === "ai_message_complete") return event.message.content ?? text;
  return text;
}

/** More than any event that the server sends, in UTF-16 code units. */
const LONGEST_EVENT = 16 * 1024 * 1024;

/**
 * The events of a response body. `onBytes` is called with every piece, comments included. Ends with the body; rejects
 * where the body does, or where an event is too long.
 */
export async function* readEvents(
  body: ReadableStream<Uint8Array>,
  onBytes: () => void,
): AsyncGenerator<TurnEvent, void, undefined> {
  const parsed: TurnEvent[] = [];
  const parser = createParser({
    maxBufferSize: LONGEST_EVENT,
    onEvent: ({ id, data }) => {
      const event = parseEvent(data);
      if (event) parsed.push(id === undefined ? event : { ...event, id: Number(id) });
    },
  });
  const decoder = new TextDecoder();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      onBytes();
      parser.feed(decoder.decode(value, { stream: true }));
      yield* parsed.splice(0);
    }
  } finally {
    // Also where the consumer stops: otherwise the connection stays open.
    reader.cancel().catch(() => undefined);
  }
}

/** Undefined for what this version does not know how to read. */
function parseEvent(data: string): TurnEvent | undefined {
  try {
    const event = JSON.parse(data);
    return typeof event?.type === "string" ? event : undefined;
  } catch {
    return undefined;
  }
}
