/** Joins what arrives together, so that it can be sent together. */
import { nextTask } from "../../lib/clock.ts";

/**
 * Reads the source as fast as it comes, and hands on in one list whatever has arrived by the time the
 * reader asks again. Where the reader keeps up, that is one item a list.
 */
export async function* joinArrivals<T>(source: AsyncIterable<T>): AsyncGenerator<T[]> {
  const inbox = new Inbox<T>();
  void inbox.fill(source);
  while (!inbox.ended) {
    await inbox.something();
    // Items that came in one piece of the network are handed over one microtask after another.
    await nextTask();
    if (!inbox.empty) yield inbox.take();
  }
  inbox.rethrow();
}

class Inbox<T> {
  #items: T[] = [];
  #closed = false;
  #failure: { error: unknown } | undefined;
  #wake: (() => void) | undefined;

  get empty(): boolean {
    return this.#items.length === 0;
  }

  get ended(): boolean {
    return this.#closed && this.empty;
  }

  async fill(source: AsyncIterable<T>): Promise<void> {
    try {
      for await (const item of source) {
        this.#items.push(item);
        this.#wake?.();
      }
    } catch (error) {
      // Kept for after the items that came before it; nobody may be waiting right now.
      this.#failure = { error };
    } finally {
      this.#closed = true;
      this.#wake?.();
    }
  }

  /** Resolves once there is an item, or the source has ended. */
  async something(): Promise<void> {
    if (!this.empty || this.#closed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }

  /** Throws what the source threw. */
  rethrow(): void {
    if (this.#failure) throw this.#failure.error;
  }

  take(): T[] {
    const items = this.#items;
    this.#items = [];
    return items;
  }
}
