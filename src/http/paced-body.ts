/** A body that is read as long as it arrives fast enough: no single timeout would fit bodies of any size. */
import { type Clock, within } from "../lib/clock.ts";
import { Problem } from "../lib/problem.ts";

export type BodyPace = {
  /** Milliseconds that the body may fall behind `bytesPerSecond`, and so may stall. */
  slackMs: number;
  /** The lowest rate of a body that takes longer than that. */
  bytesPerSecond: number;
};

/**
 * The chunks of a body. A loop that ends early does not cancel it: another continues where it stopped. Throws
 * `body_too_slow` once the body has fallen behind, and on every later read; nothing more is read then.
 */
export class PacedBody implements AsyncIterable<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #pace: BodyPace;
  readonly #clock: Clock;
  /** Waiting reduces it, and each byte adds to it. */
  #leftMs: number;
  #isTooSlow = false;

  constructor(body: ReadableStream<Uint8Array>, pace: BodyPace, clock: Clock) {
    this.#reader = body.getReader();
    this.#pace = pace;
    this.#clock = clock;
    this.#leftMs = pace.slackMs;
  }

  [Symbol.asyncIterator](): AsyncIterator<Uint8Array> {
    return { next: () => this.#next() };
  }

  /** Stops reading the body, without waiting for the sender. */
  cancel(): void {
    this.#reader.cancel().catch(() => undefined);
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const startedAt = this.#clock();
    const read = this.#isTooSlow ? undefined : await within(this.#leftMs, this.#reader.read());
    this.#leftMs -= this.#clock() - startedAt;
    // A timer may fire later than the chunk that was too late.
    if (!read || this.#leftMs < 0) throw this.#tooSlow();
    if (read.done) return { done: true, value: undefined };
    const { slackMs, bytesPerSecond } = this.#pace;
    const earnedMs = (read.value.byteLength / bytesPerSecond) * 1_000;
    this.#leftMs = Math.min(slackMs, this.#leftMs + earnedMs);
    return { done: false, value: read.value };
  }

  #tooSlow(): Problem {
    if (!this.#isTooSlow) this.cancel();
    this.#isTooSlow = true;
    // On a kept connection the rest of the body would be read as the next request.
    return new Problem("body_too_slow", { headers: { connection: "close" } });
  }
}
