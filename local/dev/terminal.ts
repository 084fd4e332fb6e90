/** The terminal of `npm run dev`. What the Worker prints while it starts comes after the greeting, or with a failure. */
import { stripVTControlCharacters } from "node:util";

type Line = { text: string; isFailure: boolean };

/** A start prints a few lines; a Worker that loops must not fill the memory. */
const MOST_HELD = 1_000;

export class Terminal {
  readonly #secrets: string[] = [];
  #held: Line[] | undefined = [];

  /** From now on it is printed as `…`. */
  hide(secret: string): void {
    this.#secrets.push(secret);
  }

  /** Prints a line of the Worker or of wrangler, once the start is over. */
  print(text: string, isFailure: boolean): void {
    if (!this.#held) this.#write({ text, isFailure });
    else if (this.#held.length < MOST_HELD) this.#held.push({ text, isFailure });
  }

  /** Prints the greeting, and the warnings of the start below it. */
  greet(greeting: string): void {
    this.say(greeting);
    this.#release((line) => line.isFailure);
  }

  say(text: string): void {
    this.#write({ text, isFailure: false });
  }

  complain(error: unknown): void {
    this.#release(() => true);
    this.#write({ text: error instanceof Error ? error.message : String(error), isFailure: true });
  }

  #release(isShown: (line: Line) => boolean): void {
    const held = this.#held ?? [];
    this.#held = undefined;
    for (const line of held) if (isShown(line)) this.#write(line);
  }

  #write({ text, isFailure }: Line): void {
    const stream = isFailure ? process.stderr : process.stdout;
    const shown = this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, "…"), text);
    stream.write(`${stream.isTTY ? shown : stripVTControlCharacters(shown)}\n`);
  }
}
