/** The lines that a person types, or that a pipe has: both are read in the same way. */
import { createInterface, type Interface } from "node:readline";
import { Writable } from "node:stream";

export class Lines {
  readonly #echo: Echo;
  readonly #readline: Interface;
  readonly #queue: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #isOver = false;
  #isSecret = false;
  /** Sees each line that nobody waits for; true keeps it from the queue. */
  onLine: (line: string) => boolean = () => false;

  constructor(input: NodeJS.ReadStream, output: NodeJS.WriteStream, onInterrupt: () => void) {
    this.#echo = new Echo(output);
    this.#readline = createInterface({ input, output: this.#echo, terminal: input.isTTY });
    this.#readline.on("line", (line) => this.#onLine(line));
    this.#readline.on("close", () => this.#onClose());
    this.#readline.on("SIGINT", onInterrupt);
    // A password is no line to go back to.
    this.#readline.on("history", (history: string[]) => {
      if (this.#isSecret) history.shift();
    });
    this.#echo.isMuted = true;
  }

  /** The next line; undefined at the end of the input. */
  ask(prompt: string): Promise<string | undefined> {
    this.#echo.isMuted = false;
    this.#readline.setPrompt(prompt);
    this.repeatPrompt();
    return this.#next();
  }

  /** Shows the prompt again, and what has been typed, below other output. */
  repeatPrompt(): void {
    // After the end of a pipe, there may still be lines in the queue.
    if (!this.#isOver) this.#readline.prompt(true);
  }

  /** The same, and what is typed is not shown. */
  async askSecret(prompt: string): Promise<string | undefined> {
    this.#isSecret = true;
    try {
      const line = this.ask(prompt);
      this.#echo.isMuted = true;
      return await line;
    } finally {
      this.#isSecret = false;
      this.#echo.newLine();
    }
  }

  /** Gives the terminal back. */
  close(): void {
    this.#readline.close();
  }

  /** While nobody is asked, what is typed would be shown in the middle of an answer. */
  #next(): Promise<string | undefined> {
    const queued = this.#queue.shift();
    if (queued !== undefined || this.#isOver) return Promise.resolve(this.#muted(queued));
    return new Promise((resolve) => (this.#waiting = resolve));
  }

  #onLine(line: string): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    if (waiting) waiting(this.#muted(line));
    else if (!this.onLine(line)) this.#queue.push(line);
  }

  #onClose(): void {
    this.#isOver = true;
    this.#waiting?.(undefined);
    this.#waiting = undefined;
  }

  #muted<T>(line: T): T {
    this.#echo.isMuted = true;
    return line;
  }
}

/** Where readline writes what is typed; it asks for the width, to break long lines. */
class Echo extends Writable {
  readonly #output: NodeJS.WriteStream;
  isMuted = false;

  constructor(output: NodeJS.WriteStream) {
    super({ decodeStrings: false });
    this.#output = output;
    output.on("resize", () => this.emit("resize"));
  }

  get columns(): number {
    return this.#output.columns;
  }

  /** The one that ended a secret was not shown. */
  newLine(): void {
    this.#output.write("\n");
  }

  override _write(chunk: string | Buffer, _encoding: BufferEncoding, done: () => void): void {
    if (!this.isMuted) this.#output.write(chunk);
    done();
  }
}
