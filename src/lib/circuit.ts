/**
 * Circuit breakers: a service that keeps failing is given a pause, so that callers learn at once what they would
 * learn after a timeout, and the service is not called more often than it can recover. Pure, but for its state.
 */
import type { Clock } from "./clock.ts";

export type CircuitFigures = {
  /** So many failures in a row open a circuit, where they fall within `window_ms`. */
  failures: number;
  window_ms: number;
  /** How long an open circuit admits nobody; then one probe at a time. */
  pause_ms: number;
};

/** What a call came to: one that was aborted, or that its caller is to blame for, is neither. */
export type CallOutcome = "success" | "failure" | "neither";

/** How an admitted call reports; "opened" where that opened the circuit. */
export type Admitted = (outcome: CallOutcome) => "opened" | undefined;

/** A probe that never reports, because its client disconnected, is replaced after a while. */
const LONGEST_PROBE_MS = 30_000;

export class Circuit {
  readonly #figures: CircuitFigures;
  readonly #clock: Clock;
  /** Times of the latest failures without a success between them, oldest first. */
  #failedAt: number[] = [];
  /** When an open one admits a probe; undefined while it is closed. */
  #admitsAt: number | undefined;
  #probeSince: number | undefined;

  constructor(figures: CircuitFigures, clock: Clock) {
    this.#figures = figures;
    this.#clock = clock;
  }

  /** Admits a call, or says how many milliseconds it has to wait. Every admitted call reports once. */
  admit(): Admitted | { waitMs: number } {
    if (this.#admitsAt === undefined) return (outcome) => this.#report(outcome);
    const now = this.#clock();
    if (now < this.#admitsAt) return { waitMs: this.#admitsAt - now };
    const isProbing = this.#probeSince !== undefined && now - this.#probeSince < LONGEST_PROBE_MS;
    if (isProbing) return { waitMs: this.#figures.pause_ms };
    this.#probeSince = now;
    return (outcome) => this.#reportProbe(outcome, now);
  }

  #report(outcome: CallOutcome): "opened" | undefined {
    if (outcome === "success") this.#close();
    if (outcome !== "failure") return undefined;
    const { failures, window_ms, pause_ms } = this.#figures;
    const now = this.#clock();
    const recent = this.#failedAt.filter((at) => now - at < window_ms);
    this.#failedAt = [...recent, now].slice(-failures);
    // A call that was admitted before it opened does not prolong the pause.
    if (this.#failedAt.length < failures || this.#admitsAt !== undefined) return undefined;
    this.#admitsAt = now + pause_ms;
    return "opened";
  }

  #reportProbe(outcome: CallOutcome, since: number): "opened" | undefined {
    if (this.#probeSince === since) this.#probeSince = undefined;
    if (outcome === "success") this.#close();
    if (outcome !== "failure") return undefined;
    this.#admitsAt = this.#clock() + this.#figures.pause_ms;
    return "opened";
  }

  #close(): void {
    this.#failedAt = [];
    this.#admitsAt = undefined;
    this.#probeSince = undefined;
  }
}
