/** The body of a request: decoded, counted, and checked against everything that was announced. */
import { createHash } from "node:crypto";
import {
  type Checksum,
  type ChecksumName,
  checksumName,
  createHasher,
  PREFIX,
} from "./checksums.ts";
import { readChunked, type Trailers } from "./chunks.ts";
import { S3Failure } from "./failure.ts";
import { header, type S3Request } from "./request.ts";
import { type Authorization, UNSIGNED } from "./signature.ts";

const LARGEST_BYTES = 5 * 1024 ** 3;
const HASH = /^[0-9a-f]{64}$/;

/** Read it to its end: errors are thrown there, and nothing may be stored before. */
export class Body implements AsyncIterable<Buffer> {
  readonly #request: S3Request;
  readonly #authorization: Authorization;
  readonly #trailers: Trailers = new Map();
  readonly #name: ChecksumName | undefined;
  readonly #md5 = createHash("md5");
  readonly #sha256 = createHash("sha256");
  size = 0;
  /** In lower-case hex, once it is read. */
  md5 = "";
  /** The one that was sent, once the body is read and matches it. */
  checksum: Checksum | undefined;

  constructor(request: S3Request, authorization: Authorization) {
    this.#request = request;
    this.#authorization = authorization;
    this.#name = nameOfChecksum(request);
    const length = lengthOf(request);
    if (length === undefined) throw new S3Failure("MissingContentLength");
    if (length > LARGEST_BYTES) throw new S3Failure("EntityTooLarge");
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    const hasher = this.#name && createHasher(this.#name);
    for await (const piece of this.#pieces()) {
      this.size += piece.length;
      this.#md5.update(piece);
      this.#sha256.update(piece);
      hasher?.update(piece);
      yield piece;
    }
    this.#checkHashes();
    if (this.#name && hasher) this.#checkChecksum(this.#name, hasher.digest());
  }

  #pieces(): AsyncIterable<Buffer> {
    const { payload } = this.#authorization;
    const { incoming } = this.#request;
    if (payload === UNSIGNED || HASH.test(payload)) return incoming;
    if (!STREAMED.has(payload)) throw new S3Failure("InvalidArgument", "x-amz-content-sha256");
    return readChunked(incoming, this.#authorization, this.#trailers);
  }

  #checkHashes(): void {
    const { payload } = this.#authorization;
    if (this.size !== lengthOf(this.#request)) throw new S3Failure("IncompleteBody");
    const hash = this.#sha256.digest("hex");
    if (HASH.test(payload) && payload !== hash) throw new S3Failure("XAmzContentSHA256Mismatch");
    const md5 = this.#md5.digest();
    const given = header(this.#request, "content-md5");
    if (given !== undefined && Buffer.from(given, "base64").length !== md5.length) {
      throw new S3Failure("InvalidDigest");
    }
    if (given !== undefined && given !== md5.toString("base64")) throw new S3Failure("BadDigest");
    this.md5 = md5.toString("hex");
  }

  #checkChecksum(name: ChecksumName, digest: Buffer): void {
    const value = digest.toString("base64");
    const field = PREFIX + name;
    const given = header(this.#request, field) ?? this.#trailers.get(field);
    if (given === undefined) throw new S3Failure("InvalidRequest", `${field} is missing.`);
    if (given !== value) throw new S3Failure("BadDigest");
    this.checksum = { name, value };
  }
}

const STREAMED = new Set([
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD",
  "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER",
  "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
]);

/** Bytes of the body itself, without the framing of its chunks. */
function lengthOf(request: S3Request): number | undefined {
  const text = header(request, "x-amz-decoded-content-length") ?? header(request, "content-length");
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

const OTHERS = new Set(["algorithm", "mode", "type"]);

/** From the header that carries it, or that announces it as a trailer. */
function nameOfChecksum(request: S3Request): ChecksumName | undefined {
  const trailers = (header(request, "x-amz-trailer") ?? "").split(",").map((name) => name.trim());
  const names = [...Object.keys(request.headers), ...trailers]
    .filter((name) => name.startsWith(PREFIX))
    .map((name) => name.slice(PREFIX.length))
    .filter((name) => !OTHERS.has(name));
  if (names.length > 1) throw new S3Failure("InvalidRequest", "Expecting a single checksum.");
  return names[0] === undefined ? undefined : checksumName(names[0]);
}

/** A small body as text. */
export async function readSmall(body: Body): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of body) pieces.push(piece);
  return Buffer.concat(pieces).toString("utf8");
}
