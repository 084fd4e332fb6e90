/** The events of a turn, as they arrive. */
import { createParser } from "eventsource-parser";
import type { components } from "./schema.ts";

type Schemas = components["schemas"];

/** Without an id where the server has rebuilt the turn from what it has stored. */
export type TurnEvent = Schemas["TurnEvent"] & { id?: number };

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
