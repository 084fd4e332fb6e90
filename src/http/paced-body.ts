/** A body that is read as long as it comes fast enough: one of any size, which no one timeout would fit. */
import { type Clock, within } from "../lib/clock.ts";
import { Problem } from "../lib/problem.ts";

export type BodyPace = {
  /** How long a body may fall behind, from its first byte to its last: so long may it stall. */
  slackMs: number;
  /** The least rate that it may come at for longer than that. */
  bytesPerSecond: number;
};

/**
 * The chunks of a body. A reader that leaves off does not cancel it: another goes on where it left. Throws
 * `body_too_slow` once it has fallen behind, and from then on; nothing more is read of it.
 */
export class PacedBody implements AsyncIterable<Uint8Array> {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  readonly #pace: BodyPace;
  readonly #clock: Clock;
  /** Time spent waiting uses it up, and each byte gives some of it back. */
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

  /** Takes no more of it. What the other side makes of that, nobody waits for. */
  cancel(): void {
    this.#reader.cancel().catch(() => undefined);
  }

  async #next(): Promise<IteratorResult<Uint8Array>> {
    const askedAt = this.#clock();
    const read = this.#isTooSlow ? undefined : await within(this.#leftMs, this.#reader.read());
    this.#leftMs -= this.#clock() - askedAt;
    // A timer may fire after what came too late.
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
    // The rest of it would be taken for the next request.
    return new Problem("body_too_slow", { headers: { connection: "close" } });
  }
}
