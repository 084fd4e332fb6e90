/** Reads the text in pictures, without a network: by Tesseract, whose data for English is an npm package. */
import { join } from "node:path";
import type { Worker } from "tesseract.js";

const DATA = join(
  import.meta.dirname,
  "..",
  "..",
  "node_modules",
  "@tesseract.js-data",
  "eng",
  "4.0.0_best_int",
);

/** One for all requests, started by the first: it takes a second to load, and a hundred megabytes. */
export class OfflineOcr {
  #worker: Promise<Worker> | undefined;

  /** The text of pictures, which are parts of one page. */
  async read(pictures: readonly Buffer[]): Promise<string> {
    const worker = await (this.#worker ??= load());
    const texts: string[] = [];
    for (const picture of pictures) texts.push((await worker.recognize(picture)).data.text.trim());
    return texts.join("\n");
  }

  async close(): Promise<void> {
    await (await this.#worker)?.terminate();
  }
}

async function load(): Promise<Worker> {
  const { createWorker, OEM } = await import("tesseract.js");
  // Nothing is written beside the data.
  return createWorker("eng", OEM.LSTM_ONLY, { langPath: DATA, cacheMethod: "none", gzip: true });
}
