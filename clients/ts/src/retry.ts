/** When a request that failed is tried again. */
import { ApiError } from "./problem.ts";

export type RetryOptions = {
  /** Failures in a row before it gives up. Default: 10. */
  tries?: number | undefined;
  /** The wait after the first failure; it doubles with each. Default: 250. */
  delayMs?: number | undefined;
  /** The longest wait; a server that asks for a longer one is not asked again. Default: 15,000. */
  longestDelayMs?: number | undefined;
  /** Called with a failure before the wait that follows it. */
  onRetry?: ((error: unknown) => void) | undefined;
};

/** Failures in a row, and the waits between them. */
export class Retries {
  readonly #tries: number;
  readonly #delayMs: number;
  readonly #longestDelayMs: number;
  readonly #onRetry: (error: unknown) => void;
  #failures = 0;

  constructor({ tries = 10, delayMs = 250, longestDelayMs = 15_000, onRetry }: RetryOptions) {
    this.#tries = tries;
    this.#delayMs = delayMs;
    this.#longestDelayMs = longestDelayMs;
    this.#onRetry = onRetry ?? (() => undefined);
  }

  /** Something has arrived: what fails next is the first failure. */
  reset(): void {
    this.#failures = 0;
  }

  /** Resolves when to try again. Rejects with the error where that is no use, and when the signal aborts. */
  async wait(error: unknown, signal: AbortSignal | undefined): Promise<void> {
    signal?.throwIfAborted();
    const asked = error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0;
    const isHopeless = !isTransient(error) || asked > this.#longestDelayMs;
    if (isHopeless || ++this.#failures > this.#tries) throw error;
    this.#onRetry(error);
    const most = Math.min(this.#longestDelayMs, this.#delayMs * 2 ** (this.#failures - 1));
    // Scattered, so that the clients of a server that was away do not come back all at once.
    await delay(asked + most * (0.5 + Math.random() / 2), signal);
  }
}

/** True for a connection that failed, and for a server that may answer later. */
function isTransient(error: unknown): boolean {
  if (!(error instanceof ApiError)) return true;
  return [408, 425, 429].includes(error.status) || error.status >= 500;
}

function delay(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", abort);
      resolve();
    }, ms);
    signal?.addEventListener("abort", abort, { once: true });
  });
}
