/** How a test controls the provider: by a marker in the prompt. */

export type Script = {
  /** Which requests it applies to; by default any answer or title whose prompt contains the marker. */
  kind?: "answer" | "title" | "embedding" | "ocr" | "rewrite" | "rerank";
  /** How many requests it applies to; all by default. */
  times?: number;
  /** Answers with this status instead, in OpenAI's format unless there is a body. */
  errorStatus?: number;
  errorBody?: unknown;
  retryAfterSeconds?: number;
  /** Refuses a conversation that does not begin with the user, alternate, and have text throughout. */
  strictRoles?: boolean;
  /** Refuses a request that has one of these top-level members, with its status and body. */
  refuses?: Record<string, { status: number; body: unknown }>;
  firstTokenDelayMs?: number;
  /** The text of the pictures of a request, given in the frame that its prompt asks for. */
  transcription?: string;
  /** The answer, piece by piece. */
  tokens?: string[];
  tokenDelayMs?: number;
  /** Pauses after this many pieces, until it is released. */
  holdAfter?: number;
  /** Closes the connection after this many pieces. */
  cutAfter?: number;
  /** Sends a chunk that is not JSON after this many pieces. */
  malformedAfter?: number;
  /** Sends all pieces in one write. */
  together?: boolean;
  /** Sends this many bytes at a time, which cuts inside events and characters. */
  bytesPerWrite?: number;
  omitUsage?: boolean;
  usage?: { prompt_tokens: number; completion_tokens: number };
  finishReason?: string;
  /** Sent instead of a completion, byte by byte. */
  raw?: RawStep[];
  /** Of the raw bytes; that of a stream by default. */
  contentType?: string;
};

/**
 * A text, or bytes, in one write; a pause; a repeated text; a wait for the release; or an end: the
 * connection closed in mid-response, reset, or kept open until the client closes it.
 */
export type RawStep =
  | string
  | { base64: string }
  | { pauseMs: number }
  | { repeat: string; everyMs: number; times: number }
  | { hold: true }
  | { end: "cut" | "reset" | "open" };

type Entry = { script: Script; left: number; released: PromiseWithResolvers<void> };

/** The scripts of all running tests, by their markers. */
export class Scripts {
  readonly #entries = new Map<string, Entry>();

  set(marker: string, script: Script): void {
    const left = script.times ?? Number.POSITIVE_INFINITY;
    this.#entries.set(marker, { script, left, released: Promise.withResolvers() });
  }

  release(marker: string): void {
    this.#entries.get(marker)?.released.resolve();
  }

  /** The script for a request, and the promise of its release; undefined where there is none. */
  take(prompt: string, kind: NonNullable<Script["kind"]>) {
    for (const [marker, entry] of this.#entries) {
      const { script, left, released } = entry;
      if (left <= 0 || !isFor(script, kind) || !prompt.includes(marker)) continue;
      entry.left--;
      return { script, released: released.promise };
    }
    return undefined;
  }
}

/** A document's text may contain a marker that is meant for the answers about it. */
function isFor(script: Script, kind: NonNullable<Script["kind"]>): boolean {
  const isOwn = kind !== "answer" && kind !== "title";
  return isOwn ? script.kind === kind : (script.kind ?? kind) === kind;
}
