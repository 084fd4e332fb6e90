/** A file of a form that reports how much of it has been sent: `fetch` itself would say nothing until the end. */

type Part = { content: Blob; name: string; onProgress: (sentBytes: number) => void };

/** `fetch` takes its bytes from `stream` as the connection takes them, and its length from `size`. */
export class CountedFile extends File {
  readonly #onProgress: (sentBytes: number) => void;

  constructor({ content, name, onProgress }: Part) {
    super([content], name, { type: content.type });
    this.#onProgress = onProgress;
  }

  /** Called again when the request is repeated: it counts from the beginning then. */
  override stream(): ReturnType<File["stream"]> {
    let sentBytes = 0;
    const count = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        sentBytes += chunk.byteLength;
        this.#onProgress(sentBytes);
        controller.enqueue(chunk);
      },
    });
    return super.stream().pipeThrough(count);
  }
}
