/**
 * What a test can inspect and control in the local bucket, besides faults: its content, changed without the
 * API.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { type Call, type Fault, FaultControl } from "../fault-control.ts";
import { sendJson } from "../http-server.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import type { UploadStore } from "./upload-store.ts";

/**
 * `PUT files/1`, `GET ?list-type=2&prefix=files/`: method, key, and the parameters that do not belong to a
 * signature.
 */
export type S3Call = Call;

export type S3Fault = Omit<Fault, "kind"> & {
  /** `cut_midway` sends half of the response's body. */
  kind: Fault["kind"] | "cut_midway";
};

export type SeenObject = Omit<StoredObject, "file">;

export type SeenUpload = { id: string; key: string; openedAt: string };

export class S3Control extends FaultControl<S3Fault> {
  readonly #objects: ObjectStore;
  readonly #uploads: UploadStore;

  constructor(objects: ObjectStore, uploads: UploadStore) {
    super();
    this.#objects = objects;
    this.#uploads = uploads;
  }

  /**
   * `objects` and `uploads`, with `?contains=` to list them, `?key=&at=` to put and `?key=` to delete one.
   */
  protected override async serve(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const kind = url.pathname.split("/")[2];
    if (kind !== "objects" && kind !== "uploads") return super.serve(url, request, response);
    const key = url.searchParams.get("key") ?? "";
    const at = url.searchParams.get("at") ?? new Date().toISOString();
    if (request.method === "DELETE") await this.#objects.remove(key);
    if (request.method === "PUT" && kind === "objects") await this.#plant(key, at, request);
    if (request.method === "PUT" && kind === "uploads") {
      await this.#uploads.add({ key, openedAt: at, headers: {} });
    }
    sendJson(response, 200, this.#find(kind, url.searchParams.get("contains") ?? ""));
  }

  #find(kind: "objects" | "uploads", text: string): (SeenObject | SeenUpload)[] {
    if (kind === "uploads") {
      const uploads = this.#uploads.list("").filter(({ key }) => key.includes(text));
      return uploads.map(({ id, key, openedAt }) => ({ id, key, openedAt }));
    }
    const objects = this.#objects.list("").filter(({ key }) => key.includes(text));
    return objects.map(({ file: _file, ...object }) => object);
  }

  async #plant(key: string, modifiedAt: string, source: AsyncIterable<Buffer>): Promise<void> {
    const hash = createHash("md5");
    let size = 0;
    const counted = async function* () {
      for await (const piece of source) {
        hash.update(piece);
        size += piece.length;
        yield piece;
      }
    };
    const file = await this.#objects.receive(counted());
    const headers = { "content-type": "application/octet-stream" };
    const object = { key, size, etag: `"${hash.digest("hex")}"`, modifiedAt, headers, file };
    await this.#objects.commit(object, () => undefined);
  }
}
