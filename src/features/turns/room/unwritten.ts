/** How much of the log waits to be written: a flush is due by time, and before that where much is waiting. */
import type { TurnEvent } from "../wire/events.ts";

/** With so many unwritten events, or so many characters in them, the log is written at once. */
const MOST_EVENTS = 1_024;
const MOST_CHARACTERS = 128 * 1024;

/** Of an event with no text of its own, and of one whose size is not worth computing. */
const OTHER_CHARACTERS = 64;

export class Unwritten {
  #events = 0;
  #characters = 0;

  add(event: TurnEvent): void {
    this.#events++;
    this.#characters += OTHER_CHARACTERS + ("content" in event ? event.content.length : 0);
  }

  /** True where the next event has to wait for a write. */
  get isFull(): boolean {
    return this.#events >= MOST_EVENTS || this.#characters >= MOST_CHARACTERS;
  }

  clear(): void {
    this.#events = 0;
    this.#characters = 0;
  }
}
