/** How much may be sent to those of whom nobody knows whether they read. Pure. */

/** Bytes that may be sent at once, and how fast they come back. */
export type Pace = { burstBytes: number; bytesPerSecond: number };

/** A token bucket of bytes. It may be overdrawn by what is sent last: the next waits for longer. */
export class SendBudget {
  readonly #pace: Pace;
  #leftBytes: number;
  #at: number;

  /** `spentBytes`: what was sent of it before. Times are milliseconds since the epoch. */
  constructor(pace: Pace, now: number, spentBytes = 0) {
    this.#pace = pace;
    this.#leftBytes = pace.burstBytes - spentBytes;
    this.#at = now;
  }

  /** Milliseconds until more may be sent; 0 where it may at once. */
  waitMs(now: number): number {
    this.#refill(now);
    if (this.#leftBytes > 0) return 0;
    return Math.ceil(((1 - this.#leftBytes) / this.#pace.bytesPerSecond) * 1000);
  }

  spend(bytes: number, now: number): void {
    this.#refill(now);
    this.#leftBytes -= bytes;
  }

  #refill(now: number): void {
    const seconds = Math.max(0, now - this.#at) / 1000;
    const refilled = this.#leftBytes + seconds * this.#pace.bytesPerSecond;
    this.#leftBytes = Math.min(this.#pace.burstBytes, refilled);
    this.#at = now;
  }
}
