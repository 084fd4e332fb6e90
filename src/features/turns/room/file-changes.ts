/** Tells a turn that waits for files that one of them may have changed. */
export class FileChangeSignal {
  #count = 0;
  readonly #waiting = new Set<() => void>();

  /** How much there was so far: what comes while one looks is not missed. */
  get count(): number {
    return this.#count;
  }

  /** A file has changed; which one, whoever waits looks up. */
  changed(): void {
    this.#count++;
    for (const wake of this.#waiting) wake();
  }

  /** Resolves once there is more than `seen`, after so many milliseconds, or when the signal is aborted. */
  async next(seen: number, ms: number, signal: AbortSignal): Promise<void> {
    if (this.#count !== seen || signal.aborted) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, ms);
    const wake = () => resolve();
    this.#waiting.add(wake);
    signal.addEventListener("abort", wake);
    await promise;
    clearTimeout(timer);
    this.#waiting.delete(wake);
    signal.removeEventListener("abort", wake);
  }
}
