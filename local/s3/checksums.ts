/** The checksums of a client's bytes. */
import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { S3Failure } from "./failure.ts";

export type ChecksumName = "sha256" | "sha1" | "crc32";

/** Base64, as on the wire. */
export type Checksum = { name: ChecksumName; value: string };

export type Hasher = { update: (piece: Buffer) => void; digest: () => Buffer };

const HASHERS: Record<ChecksumName, () => Hasher> = {
  sha256: () => createHash("sha256"),
  sha1: () => createHash("sha1"),
  crc32: createCrc32,
};

export const PREFIX = "x-amz-checksum-";

/** The name of a checksum; throws for an unsupported one. */
export function checksumName(name: string): ChecksumName {
  const lower = name.toLowerCase();
  if (lower === "sha256" || lower === "sha1" || lower === "crc32") return lower;
  throw new S3Failure("NotImplemented", `The checksum ${name} is not supported here.`);
}

export function createHasher(name: ChecksumName): Hasher {
  return HASHERS[name]();
}

function createCrc32(): Hasher {
  let value = 0;
  return {
    update: (piece) => {
      value = crc32(piece, value);
    },
    digest: () => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE(value);
      return bytes;
    },
  };
}
