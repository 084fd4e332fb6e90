/**
 * What a turn adds to its provider's time. The clock of workerd stands still while code computes and moves on with
 * each outward call, so that computing shows only where a call follows it.
 */
import type { Clock } from "../../../lib/clock.ts";
import type { Timings } from "../store/turn.ts";

export class TurnTimer {
  readonly #clock: Clock;
  readonly #arrivedAt: number;
  #waitedMs = 0;
  #calledAt: number | undefined;
  #firstEventAt: number | undefined;

  /** `arrivedAt`: of the request, by the clock of its Worker, which may run ahead of the room's. */
  constructor(clock: Clock, arrivedAt: number) {
    this.#clock = clock;
    this.#arrivedAt = Math.min(arrivedAt, clock());
  }

  /** A provider is called, or was at an earlier time. */
  onCall(at = this.#clock()): void {
    this.#calledAt = at;
  }

  /** The provider's first token has come, or its call has ended without one. */
  onResponse(at = this.#clock()): void {
    if (this.#calledAt === undefined) return;
    this.#waitedMs += at - this.#calledAt;
    this.#calledAt = undefined;
  }

  /** The first text or reasoning is emitted. */
  onFirstEvent(): void {
    this.#firstEventAt ??= this.#clock();
  }

  /** The figures so far. */
  get timings(): Timings {
    const total_ms = this.#clock() - this.#arrivedAt;
    if (this.#firstEventAt === undefined) return { total_ms };
    const firstEventMs = this.#firstEventAt - this.#arrivedAt;
    const waitedMs = this.#waitedMs;
    return { overhead_ms: firstEventMs - waitedMs, provider_first_token_ms: waitedMs, total_ms };
  }
}
