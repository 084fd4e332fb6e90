/** Files on their way to the server, a few at once. */
import { computed, signal } from "@preact/signals";
import { ApiError } from "../../clients/ts/src/index.ts";
import type { Schemas } from "../api/client.ts";
import { sentenceOf } from "../api/problems.ts";
import { refusalOf } from "./file-types.ts";
import { uploadFile } from "./upload-file.ts";

export type Upload = {
  key: string;
  file: File;
  status: "waiting" | "sending" | "failed" | "refused";
  /** What part has been sent, between 0 and 1. */
  progress: number;
  /** Why it failed, or is refused. */
  sentence?: string;
  onStored: OnStored;
};

type OnStored = (file: Schemas["File"]) => void;

const MOST_AT_ONCE = 3;

export class Uploads {
  readonly list = signal<readonly Upload[]>([]);
  /** True while a file is on its way, or waits for its turn. */
  readonly isRunning = computed(() =>
    this.list.value.some(({ status }) => status === "waiting" || status === "sending"),
  );
  readonly #aborts = new Map<string, AbortController>();

  /** A stored file leaves the list. */
  add(files: Iterable<File>, onStored: OnStored): void {
    const added = [...files].map((file): Upload => {
      const refusal = refusalOf(file);
      const upload = { key: crypto.randomUUID(), file, progress: 0, onStored };
      if (refusal === undefined) return { ...upload, status: "waiting" };
      return { ...upload, status: "refused", sentence: refusal };
    });
    this.list.value = [...this.list.peek(), ...added];
    this.#startNext();
  }

  /** Ends an upload, or takes one that has failed off the list. */
  remove(key: string): void {
    this.#aborts.get(key)?.abort();
    this.list.value = this.list.peek().filter((upload) => upload.key !== key);
    this.#startNext();
  }

  /** Ends all uploads. */
  clear(): void {
    for (const { key } of this.list.peek()) this.remove(key);
  }

  retry(key: string): void {
    this.#change(key, { status: "waiting", progress: 0 });
    this.#startNext();
  }

  #startNext(): void {
    const uploads = this.list.peek();
    const running = uploads.filter(({ status }) => status === "sending").length;
    const waiting = uploads.filter(({ status }) => status === "waiting");
    for (const upload of waiting.slice(0, MOST_AT_ONCE - running)) void this.#send(upload);
  }

  async #send({ key, file, onStored }: Upload): Promise<void> {
    const aborting = new AbortController();
    this.#aborts.set(key, aborting);
    this.#change(key, { status: "sending" });
    try {
      const onProgress = (progress: number) => this.#change(key, { progress });
      const stored = await uploadFile(file, { key, onProgress, signal: aborting.signal });
      this.list.value = this.list.peek().filter((upload) => upload.key !== key);
      onStored(stored);
    } catch (error) {
      this.#change(key, {
        status: isFinal(error) ? "refused" : "failed",
        sentence: reasonOf(error),
      });
    }
    this.#aborts.delete(key);
    this.#startNext();
  }

  #change(key: string, change: Partial<Upload>): void {
    this.list.value = this.list
      .peek()
      .map((upload) => (upload.key === key ? { ...upload, ...change } : upload));
  }
}

const WORTH_A_RETRY = new Set([401, 408, 409, 429]);

/** True where another attempt with the same file would end the same way. */
function isFinal(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.status < 500 && !WORTH_A_RETRY.has(error.status);
}

/** Of a kind that is not read, the sentence about that kind. */
function reasonOf(error: unknown): string {
  const failure = error instanceof ApiError ? error.problem.failure : undefined;
  return failure?.detail ?? sentenceOf(error);
}
