/** A process that reads documents with the heap that the product promises: 96 MiB. */
import { type ChildProcess, fork } from "node:child_process";
import { join } from "node:path";
import type { Reading } from "./child.ts";

const CHILD = join(import.meta.dirname, "child.ts");
const LONGEST_MS = 120_000;

export class DocumentReader {
  #child: ChildProcess | undefined;

  /** Reads a document; one that takes two minutes or ends the process is refused as that. */
  async read(path: string): Promise<Reading> {
    const child = (this.#child ??= fork(CHILD, { execArgv: ["--max-old-space-size=96"] }));
    const startedAt = performance.now();
    const { promise, resolve } = Promise.withResolvers<Reading | string>();
    const onExit = () => resolve("crashed");
    const timer = setTimeout(() => resolve("stuck"), LONGEST_MS);
    child.once("message", (message: Reading) => resolve(message));
    child.once("exit", onExit);
    child.send(path);
    const reading = await promise;
    clearTimeout(timer);
    child.off("exit", onExit);
    if (typeof reading !== "string") return reading;
    this.close();
    const seconds = (performance.now() - startedAt) / 1000;
    return { text: "", refusal: reading, seconds, peakMiB: 0 };
  }

  /** Ends the process; a further document is read in a new one. */
  close(): void {
    this.#child?.kill("SIGKILL");
    this.#child = undefined;
  }
}
