/** An object in the bucket as a random-access source. */
import type { StorageClient } from "../../clients/storage.ts";
import { readAtMost } from "../../lib/bytes.ts";
import type { Source } from "./extract/extract.ts";
import { ExtractionFailure } from "./failures.ts";

/** Every read is one request. Throws `ExtractionFailure` `missing` if there is no such object. */
export function objectSource(
  storage: Pick<StorageClient, "get">,
  key: string,
  sizeBytes: number,
): Source {
  return {
    size: sizeBytes,
    stream: async () => (await open(storage, key)).body,
    read: async (start, length) => {
      if (length <= 0 || start >= sizeBytes) return new Uint8Array(0);
      const { body } = await open(storage, key, { start, length });
      // Do not trust the bucket to respect the range.
      return (await readAtMost(body, length)) ?? new Uint8Array(0);
    },
  };
}

async function open(
  storage: Pick<StorageClient, "get">,
  key: string,
  range?: { start: number; length: number },
) {
  const object = await storage.get(key, range);
  if (!object) throw new ExtractionFailure("missing");
  return object;
}
