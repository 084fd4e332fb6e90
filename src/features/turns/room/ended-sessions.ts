/** Sign-ins that the room was told have ended. */

/** An access token outlives its session by minutes: of more ends than these nobody comes back so soon. */
const MOST_REMEMBERED = 100;

/**
 * Remembered, because what a session asked for just before its end may come to the room just after:
 * a ticket that was taken, a turn that was begun.
 */
export class EndedSessions {
  readonly #ids = new Set<string>();

  add(sessionId: string): void {
    this.#ids.add(sessionId);
    const [oldest] = this.#ids;
    if (this.#ids.size > MOST_REMEMBERED && oldest !== undefined) this.#ids.delete(oldest);
  }

  has(sessionId: string): boolean {
    return this.#ids.has(sessionId);
  }
}
