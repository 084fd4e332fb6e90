/**
 * What a test can inspect and control in the local bucket, besides faults: its content, changed without the
 * API.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { createHash } from "node:crypto";
import { type Call, type Fault, FaultControl } from "../fault-control.ts";
import { sendJson } from "../http-server.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";

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

export class S3Control extends FaultControl<S3Fault> {
  readonly #objects: ObjectStore;

  constructor(objects: ObjectStore) {
    super();
    this.#objects = objects;
  }

  /** `objects`, with `?contains=` to list them, `?key=&at=` to put and `?key=` to delete one. */
  protected override async serve(
    url: URL,
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    if (url.pathname.split("/")[2] !== "objects") return super.serve(url, request, response);
    const key = url.searchParams.get("key") ?? "";
    const at = url.searchParams.get("at") ?? new Date().toISOString();
    if (request.method === "DELETE") await this.#objects.remove(key);
    if (request.method === "PUT") await this.#plant(key, at, request);
    sendJson(response, 200, this.#find(url.searchParams.get("contains") ?? ""));
  }

  #find(text: string): SeenObject[] {
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
