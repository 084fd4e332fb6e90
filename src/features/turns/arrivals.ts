/** Joins what arrives together, so that it can be sent together. */
import { type Clock, delay, nextTask } from "../../lib/clock.ts";

/** The process is behind when its next task comes later than this. */
const BEHIND_MS = 3;
/** Then it gathers for a while, so that a token costs less the more there is to do. */
const LONGEST_GATHERING_MS = 40;

/**
 * Reads the source as fast as it comes, and hands on in one list whatever has arrived by the time the
 * reader asks again. Where process and reader keep up, that is one item a list.
 */
export async function* joinArrivals<T>(
  source: AsyncIterable<T>,
  clock: Clock,
): AsyncGenerator<T[]> {
  const inbox = new Inbox<T>();
  void inbox.fill(source);
  let isFirst = true;
  while (!inbox.ended) {
    await inbox.something();
    await gather(clock, isFirst);
    isFirst = false;
    if (!inbox.empty) yield inbox.take();
  }
  inbox.rethrow();
}

/** Waits for what came in the same piece of the network, and longer the more the process is behind. */
async function gather(clock: Clock, isFirst: boolean): Promise<void> {
  const askedAt = clock();
  await nextTask();
  const behindMs = clock() - askedAt;
  // Nobody likes to wait for the first word.
  if (behindMs < BEHIND_MS || isFirst) return;
  await delay(Math.min(behindMs * 4, LONGEST_GATHERING_MS));
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
