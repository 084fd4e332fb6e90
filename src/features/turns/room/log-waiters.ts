/** Requests that wait for the next event of a chat's log. */
import type { NumberedEvent } from "../wire/events.ts";

/** The last events of a log whose chat was deleted; undefined for everything else that ends a wait. */
type Waited = readonly NumberedEvent[] | undefined;

type Waiter = { sessionId: string; resolve: (waited: Waited) => void };

export class LogWaiters {
  readonly #waiting = new Set<Waiter>();

  get count(): number {
    return this.#waiting.size;
  }

  /** Resolves at the next event, at the end of the session or of the chat, or after this time. */
  async wait(sessionId: string, timeoutMs: number): Promise<Waited> {
    const { promise, resolve } = Promise.withResolvers<Waited>();
    const waiter = { sessionId, resolve };
    this.#waiting.add(waiter);
    const timer = setTimeout(resolve, timeoutMs);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(waiter);
    }
  }

  /** The log has a new event. */
  wake(): void {
    for (const { resolve } of this.#waiting) resolve(undefined);
  }

  endSession(sessionId: string): void {
    for (const waiter of this.#waiting) {
      if (waiter.sessionId === sessionId) waiter.resolve(undefined);
    }
  }

  /** The chat is deleted, after these events. */
  closeAll(last: readonly NumberedEvent[]): void {
    for (const { resolve } of this.#waiting) resolve(last);
  }
}
