/** Uploads files and waits until the server has read them. */
import { basename } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { describeFailure } from "../failure.ts";
import { Interrupted } from "../input/interrupts.ts";
import type { Terminal } from "../turns/run-turn.ts";
import { upload, type UploadedFile, type UploadOptions } from "./upload.ts";

const POLL_MS = 300;

/** Those of the files that are ready; of the others it says why they are not. Throws `Interrupted`. */
export async function attachFiles(terminal: Terminal, paths: string[]): Promise<UploadedFile[]> {
  const ready: UploadedFile[] = [];
  for (const path of paths) {
    const file = await attach(terminal, path);
    if (file) ready.push(file);
  }
  return ready;
}

async function attach(terminal: Terminal, path: string): Promise<UploadedFile | undefined> {
  const { screen, session, interrupts } = terminal;
  const name = basename(path);
  const onProgress = changes((text) => screen.progress(`${name}: ${text}`));
  try {
    const file = await interrupts.abortable((signal) =>
      uploadAndRead(path, { client: session.client, signal, onProgress }),
    );
    const failure = file.failure?.detail;
    screen.note(failure === undefined ? `${name}: ready` : `${name}: ${failure}`);
    return file.status === "ready" ? file : undefined;
  } catch (error) {
    if (error instanceof Interrupted) throw error;
    screen.note(`${name}: ${describeFailure(error, session.url)}`);
    return undefined;
  }
}

async function uploadAndRead(path: string, options: UploadOptions): Promise<UploadedFile> {
  let file = await upload(path, options);
  const { signal, client } = options;
  while (file.status === "pending" || file.status === "processing") {
    options.onProgress(toProgress(file));
    await wait(POLL_MS, undefined, { signal }).catch(() => signal.throwIfAborted());
    file = await client.get("/files/{id}", { path: { id: file.id }, signal });
  }
  return file;
}

function toProgress({ pages_done: done, page_count: count }: UploadedFile): string {
  return done === null || count === null ? "reading" : `reading, page ${done} of ${count}`;
}

/** Passes on a text that differs from the last one. */
function changes(onChange: (text: string) => void): (text: string) => void {
  let last: string | undefined;
  return (text) => {
    if (text !== last) onChange(text);
    last = text;
  };
}
