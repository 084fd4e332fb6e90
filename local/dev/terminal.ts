/** The terminal of `npm run dev`: the greeting, then what happens; failures at any time. */
import { stripVTControlCharacters } from "node:util";

export class Terminal {
  readonly #secrets: string[] = [];
  #isReady = false;

  /** From now on it is printed as `…`. */
  hide(secret: string): void {
    this.#secrets.push(secret);
  }

  /** Prints a line of the Worker or of wrangler; before the greeting, only a failure. */
  print(line: string, isFailure: boolean): void {
    if (this.#isReady || isFailure) this.#write(line, isFailure);
  }

  greet(greeting: string): void {
    this.say(greeting);
    this.#isReady = true;
  }

  say(text: string): void {
    this.#write(text, false);
  }

  complain(error: unknown): void {
    this.#write(error instanceof Error ? error.message : String(error), true);
  }

  #write(text: string, isFailure: boolean): void {
    const stream = isFailure ? process.stderr : process.stdout;
    const shown = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
    stream.write(`${stream.isTTY ? shown : stripVTControlCharacters(shown)}\n`);
  }
}
