/** Open multipart uploads: a folder each. */
import { createReadStream } from "node:fs";
import { mkdir, readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Checksum, ChecksumName } from "./checksums.ts";
import { newName, readJsonFiles, writeBytes, writeJson } from "./files.ts";

export type Part = {
  number: number;
  size: number;
  /** In lower-case hex: the tag of the part, without its quotes. */
  md5: string;
  checksum?: Checksum | undefined;
  modifiedAt: string;
  file: string;
};

export type Upload = {
  id: string;
  key: string;
  openedAt: string;
  headers: Record<string, string>;
  checksumName?: ChecksumName | undefined;
};

type Opened = Upload & { parts: Map<number, Part> };

const DOCUMENT = "upload.json";

export class UploadStore {
  readonly #folder: string;
  readonly #uploads = new Map<string, Opened>();

  private constructor(folder: string) {
    this.#folder = folder;
  }

  static async open(folder: string): Promise<UploadStore> {
    const store = new UploadStore(join(folder, "uploads"));
    await mkdir(store.#folder, { recursive: true });
    for (const id of await readdir(store.#folder)) await store.#load(id);
    return store;
  }

  async #load(id: string): Promise<void> {
    const folder = join(this.#folder, id);
    const [upload] = await readJsonFiles<Upload>(folder);
    // A crash between the folder and its document: no client knows of it.
    if (!upload) return rm(folder, { recursive: true });
    const parts = await readJsonFiles<Part>(join(folder, "parts"));
    this.#uploads.set(id, { ...upload, parts: new Map(parts.map((part) => [part.number, part])) });
  }

  async add(upload: Omit<Upload, "id">): Promise<string> {
    const id = newName();
    const folder = join(this.#folder, id);
    await mkdir(join(folder, "parts"), { recursive: true });
    await writeJson(join(folder, DOCUMENT), { ...upload, id });
    this.#uploads.set(id, { ...upload, id, parts: new Map() });
    return id;
  }

  /** Undefined where there is none of that key. */
  find(key: string, id: string): Opened | undefined {
    const upload = this.#uploads.get(id);
    return upload?.key === key ? upload : undefined;
  }

  /** By key, then by age. */
  list(prefix: string): Upload[] {
    const found = [...this.#uploads.values()].filter(({ key }) => key.startsWith(prefix));
    const sortKey = ({ key, openedAt }: Upload) => Buffer.from(`${key}\0${openedAt}`);
    return found.toSorted((a, b) => Buffer.compare(sortKey(a), sortKey(b)));
  }

  async receive({ id }: Upload, source: AsyncIterable<Buffer>): Promise<string> {
    const file = newName();
    await writeBytes(join(this.#folder, id, file), source);
    return file;
  }

  async addPart({ id }: Upload, part: Part): Promise<void> {
    const upload = this.#uploads.get(id);
    await writeJson(join(this.#folder, id, "parts", `${part.number}.json`), part);
    const existing = upload?.parts.get(part.number);
    upload?.parts.set(part.number, part);
    if (existing) await rm(join(this.#folder, id, existing.file), { force: true });
  }

  /** The bytes of parts, one after the other. */
  async *read({ id }: Upload, parts: Part[]): AsyncGenerator<Buffer> {
    for (const { file } of parts) yield* createReadStream(join(this.#folder, id, file));
  }

  async remove(id: string): Promise<void> {
    this.#uploads.delete(id);
    await rm(join(this.#folder, id), { recursive: true, force: true });
  }
}
