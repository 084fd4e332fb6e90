/**
 * Decodes the bytes of a streamed answer into the data of its events.
 *
 * @see HTML standard, section 9.2.6 (interpreting an event stream)
 */
import { createParser } from "eventsource-parser";

type DataSink = {
  /** The data of one event, or of a body that is plain JSON instead of a stream. */
  onData(data: string, eventName: string | undefined): void;
  /** An SSE comment: the connection is alive. */
  onComment(): void;
};

/**
 * UTF-16 units of one event or JSON body: JSON escapes take up to six for each byte of the largest
 * answer.
 */
const LARGEST_EVENT = 6 * 1024 * 1024;

/** How often parsing a JSON body is tried before the connection ends: some providers leave it open. */
const MOST_TRIES = 16;

const END_AT_END = /(?:^|[\r\n])data: ?\[DONE\]\s*$/;
const END_LENGTH = 64;

/** Accepts bytes cut anywhere. Throws `RangeError` for an event of more than 6 Mi units. */
export class EventData {
  readonly #sink: DataSink;
  readonly #decoder = new TextDecoder();
  readonly #parser: ReturnType<typeof createParser>;
  #kind: "unknown" | "events" | "json" = "unknown";
  /** The JSON body so far. */
  #json = "";
  #tries = 0;
  #end = "";
  #isTooLarge = false;

  constructor(sink: DataSink) {
    this.#sink = sink;
    this.#parser = createParser({
      maxBufferSize: LARGEST_EVENT,
      onEvent: ({ data, event }) => sink.onData(data, event),
      onComment: () => sink.onComment(),
      onError: ({ type }) => (this.#isTooLarge ||= type === "max-buffer-size-exceeded"),
    });
  }

  push(bytes: Uint8Array): void {
    this.#read(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Ends the input; the last event is dispatched even without a blank line after it. */
  end(): void {
    this.#read(this.#decoder.decode());
    if (this.#kind === "json") this.#sink.onData(this.#json, undefined);
    else this.#feed("\n\n");
  }

  #read(text: string): void {
    if (this.#kind === "unknown") this.#kind = kindOf(text);
    if (this.#kind === "json") this.#readJson(text);
    else this.#readEvents(text);
  }

  #readEvents(text: string): void {
    this.#feed(text);
    // Some providers send no blank line after the last event, and leave the connection open.
    this.#end =
      text.length < END_LENGTH ? (this.#end + text).slice(-END_LENGTH) : text.slice(-END_LENGTH);
    if (this.#end.includes("[DONE]") && END_AT_END.test(this.#end)) this.#feed("\n\n");
  }

  #feed(text: string): void {
    this.#parser.feed(text);
    if (this.#isTooLarge) throw new RangeError("the event is too large");
  }

  #readJson(text: string): void {
    this.#json += text;
    if (this.#json.length > LARGEST_EVENT) throw new RangeError("the JSON body is too large");
    if (!/[}\]]\s*$/.test(text) || this.#tries++ >= MOST_TRIES || !isJson(this.#json)) return;
    const json = this.#json;
    this.#json = "";
    this.#sink.onData(json, undefined);
  }
}

/** Decides by the first character that is no white space: content types are unreliable. */
function kindOf(text: string): "unknown" | "events" | "json" {
  const first = text.trimStart()[0];
  if (first === undefined) return "unknown";
  return first === "{" || first === "[" ? "json" : "events";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
