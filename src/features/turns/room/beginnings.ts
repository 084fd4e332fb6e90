/** Turns whose beginning is being asked of Postgres. */
export class Beginnings {
  readonly #open = new Map<string, PromiseWithResolvers<void>>();

  add(answerId: string): void {
    this.#open.set(answerId, Promise.withResolvers());
  }

  has(answerId: string): boolean {
    return this.#open.has(answerId);
  }

  /** It runs, or nothing came of it. */
  delete(answerId: string): void {
    this.#open.get(answerId)?.resolve();
    this.#open.delete(answerId);
  }

  /** Nothing can come of any of them: the chat is gone. */
  clear(): void {
    for (const answerId of this.#open.keys()) this.delete(answerId);
  }

  /** Resolves once that is known of a turn; at once for any other. */
  async settled(answerId: string): Promise<void> {
    await this.#open.get(answerId)?.promise;
  }

  /** Resolves once that is known of all that are open now. */
  async allSettled(): Promise<void> {
    await Promise.all([...this.#open.values()].map(({ promise }) => promise));
  }
}
