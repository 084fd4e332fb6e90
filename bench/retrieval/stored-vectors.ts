/** Vectors on disk, so that a second run over the same texts makes none. */
import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { ModelClient } from "../../src/clients/model.ts";
import type { EmbeddingModel } from "../../src/lib/models.ts";

const FOLDER = join(import.meta.dirname, "..", "..", ".local", "bench-vectors");

const TEXTS_AT_ONCE = 16;

type Stored = Map<string, number[]>;

/** The same client, whose `embed` asks the provider only for texts that it has never embedded. */
export function withStoredVectors(client: ModelClient): ModelClient {
  const files = new Map<string, Stored>();
  const storedOf = ({ name }: EmbeddingModel): Stored => {
    const stored = files.get(name) ?? readStored(pathOf(name));
    files.set(name, stored);
    return stored;
  };
  return {
    ...client,
    embed: async ({ model, texts }, signal) => {
      const stored = storedOf(model);
      const missing = [...new Set(texts)].filter((text) => !stored.has(hashOf(text)));
      // What a call has made is kept even if the next is too late.
      for (let at = 0; at < missing.length; at += TEXTS_AT_ONCE) {
        const some = missing.slice(at, at + TEXTS_AT_ONCE);
        const made = await client.embed({ model, texts: some }, signal);
        some.forEach((text, index) => store(model, stored, text, made.vectors[index] ?? []));
      }
      return { vectors: texts.map((text) => stored.get(hashOf(text)) ?? []), usage: undefined };
    },
  };
}

const pathOf = (model: string) => join(FOLDER, `${encodeURIComponent(model)}.txt`);

const hashOf = (text: string) => createHash("sha256").update(text).digest("base64url");

/** A line per vector: the hash of its text, and its numbers as base64 of 32-bit floats. */
function readStored(path: string): Stored {
  const lines = existsSync(path) ? readFileSync(path, "latin1").split("\n").filter(Boolean) : [];
  return new Map(
    lines.map((line): [string, number[]] => {
      const [hash = "", numbers = ""] = line.split(" ");
      return [hash, toNumbers(numbers)];
    }),
  );
}

function toNumbers(base64: string): number[] {
  const bytes = new Uint8Array(Buffer.from(base64, "base64"));
  return [...new Float32Array(bytes.buffer)];
}

function store({ name }: EmbeddingModel, stored: Stored, text: string, vector: number[]): void {
  const hash = hashOf(text);
  stored.set(hash, vector);
  mkdirSync(FOLDER, { recursive: true });
  const numbers = Buffer.from(Float32Array.from(vector).buffer).toString("base64");
  appendFileSync(pathOf(name), `${hash} ${numbers}\n`);
}
