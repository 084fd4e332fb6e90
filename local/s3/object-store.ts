/** Objects on a disk: bytes in a file of their own, and a JSON document that describes them. */
import { type FileHandle, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { sha256Hex } from "../sha256.ts";
import type { Checksum } from "./checksums.ts";
import { keepOnly, newName, readJsonFiles, writeBytes, writeJson } from "./files.ts";

export type StoredObject = {
  key: string;
  size: number;
  /** As the header has it, in quotes. */
  etag: string;
  modifiedAt: string;
  /** Its response headers: content-type and the like, and `x-amz-meta-*`. */
  headers: Record<string, string>;
  checksum?: Checksum | undefined;
  /** The file of the bytes, within the data folder. */
  file: string;
};

/** Throws when a change to the existing object is not allowed. */
export type Guard = (existing: StoredObject | undefined) => void;

export class ObjectStore {
  readonly #documents: string;
  readonly #data: string;
  readonly #objects: Map<string, StoredObject>;
  #last: Promise<unknown> = Promise.resolve();

  private constructor(documents: string, data: string, objects: StoredObject[]) {
    this.#documents = documents;
    this.#data = data;
    this.#objects = new Map(objects.map((object) => [object.key, object]));
  }

  static async open(folder: string): Promise<ObjectStore> {
    const [documents, data] = [join(folder, "objects"), join(folder, "data")];
    const objects = await readJsonFiles<StoredObject>(documents);
    await keepOnly(documents, new Set(objects.map(({ key }) => documentOf(key))));
    await keepOnly(data, new Set(objects.map(({ file }) => file)));
    return new ObjectStore(documents, data, objects);
  }

  find(key: string): StoredObject | undefined {
    return this.#objects.get(key);
  }

  /** In the order of their keys' bytes. */
  list(prefix: string): StoredObject[] {
    return [...this.#objects.values()]
      .filter(({ key }) => key.startsWith(prefix))
      .toSorted((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
  }

  /** Stores bytes that belong to no object yet; returns their file name. */
  async receive(source: AsyncIterable<Buffer>): Promise<string> {
    const file = newName();
    await writeBytes(join(this.#data, file), source);
    return file;
  }

  /** Turns received bytes into an object, replacing the one of that key. */
  async commit(object: StoredObject, guard: Guard): Promise<void> {
    await this.#alone(async () => {
      const existing = this.#objects.get(object.key);
      try {
        guard(existing);
        await writeJson(join(this.#documents, documentOf(object.key)), object);
      } catch (error) {
        await this.#discard(object.file);
        throw error;
      }
      this.#objects.set(object.key, object);
      if (existing) await this.#discard(existing.file);
    });
  }

  async remove(key: string): Promise<void> {
    await this.#alone(async () => {
      const existing = this.#objects.get(key);
      if (!existing) return;
      this.#objects.delete(key);
      await rm(join(this.#documents, documentOf(key)));
      await this.#discard(existing.file);
    });
  }

  /** An open handle of the bytes, to be closed; it stays readable when the object is replaced. */
  read({ file }: StoredObject): Promise<FileHandle> {
    return open(join(this.#data, file));
  }

  #discard(file: string): Promise<void> {
    return rm(join(this.#data, file), { force: true });
  }

  /** One change at a time, so that what a guard has checked still holds. */
  #alone<T>(change: () => Promise<T>): Promise<T> {
    const next = this.#last.then(change);
    this.#last = next.catch(() => undefined);
    return next;
  }
}

/** A key may contain anything, and be longer than a file name. */
function documentOf(key: string): string {
  return `${sha256Hex(key)}.json`;
}
