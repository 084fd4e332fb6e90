/** Ctrl-C, whatever it means just now. */

/** npm passes on a signal that the terminal has already sent to all its processes: both are one. */
const SAME_MS = 100;

export class Interrupts {
  readonly #handlers: (() => void)[] = [];
  #lastAt = 0;

  /** Listens for the signal; on a terminal that is read, Ctrl-C is a key instead. */
  listen(): void {
    process.on("SIGINT", () => this.#onSignal());
  }

  /** From now until the disposal of what comes back, this happens on Ctrl-C. */
  handle(handler: () => void): Disposable {
    this.#handlers.push(handler);
    return {
      [Symbol.dispose]: () => {
        this.#handlers.splice(this.#handlers.lastIndexOf(handler), 1);
      },
    };
  }

  /** Runs a task whose signal is aborted on Ctrl-C. */
  async abortable<T>(task: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const abort = new AbortController();
    using _ = this.handle(() => abort.abort(new Interrupted()));
    try {
      return await task(abort.signal);
    } catch (error) {
      abort.signal.throwIfAborted();
      throw error;
    }
  }

  onKey(): void {
    const handler = this.#handlers.at(-1);
    if (handler) handler();
    else process.exit(INTERRUPTED);
  }

  #onSignal(): void {
    const now = performance.now();
    if (now - this.#lastAt < SAME_MS) return;
    this.#lastAt = now;
    this.onKey();
  }
}

/** As a shell reports a program that SIGINT has ended. */
const INTERRUPTED = 130;

/** What a person has interrupted. */
export class Interrupted extends Error {
  override name = "Interrupted";

  constructor() {
    super("Interrupted.");
  }
}

/** Who interrupts an answer twice leaves. */
export class Left extends Interrupted {
  override name = "Left";
}
