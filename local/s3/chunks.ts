/**
 * `aws-chunked` bodies: chunks that may each carry a signature, and trailers.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-streaming.html
 */
import { createHash } from "node:crypto";
import { S3Failure } from "./failure.ts";
import { isEqual } from "../secrets.ts";
import { sha256Hex } from "../sha256.ts";
import { ALGORITHM, type Authorization, sign } from "./signature.ts";

const LONGEST_LINE = 8 * 1024;
const EMPTY = sha256Hex("");

/** The headers after the body. */
export type Trailers = Map<string, string>;

/** Yields the bytes without their framing; the trailers are set once it has ended. */
export async function* readChunked(
  source: AsyncIterable<Buffer>,
  authorization: Authorization,
  trailers: Trailers,
): AsyncGenerator<Buffer> {
  const reader = new Reader(source);
  const chain = authorization.payload.startsWith("STREAMING-UNSIGNED")
    ? undefined
    : new Chain(authorization);
  for (;;) {
    const [, hex, signature] = CHUNK.exec(await reader.line()) ?? [];
    if (hex === undefined) throw new S3Failure("IncompleteBody");
    const size = Number.parseInt(hex, 16);
    const hash = createHash("sha256");
    for await (const piece of reader.take(size)) {
      hash.update(piece);
      yield piece;
    }
    chain?.checkChunk(signature ?? "", hash.digest("hex"));
    if (size === 0) break;
    if ((await reader.line()) !== "") throw new S3Failure("IncompleteBody");
  }
  await readTrailers(reader, trailers);
  if (authorization.payload.endsWith("-TRAILER")) chain?.checkTrailers(trailers);
}

const CHUNK = /^([0-9a-fA-F]{1,8})(?:;chunk-signature=([0-9a-f]{64}))?$/;

async function readTrailers(reader: Reader, trailers: Trailers): Promise<void> {
  for (let line = await reader.line(); line !== ""; line = await reader.line()) {
    const colon = line.indexOf(":");
    if (colon < 0) throw new S3Failure("IncompleteBody");
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

const TRAILER_SIGNATURE = "x-amz-trailer-signature";

/** Each signature covers the one before it, so that no chunk can be omitted or moved. */
class Chain {
  readonly #authorization: Authorization;
  #last: string;

  constructor(authorization: Authorization) {
    this.#authorization = authorization;
    this.#last = authorization.signature;
  }

  checkChunk(signature: string, hash: string): void {
    this.#check(signature, `${ALGORITHM}-PAYLOAD`, [EMPTY, hash]);
  }

  checkTrailers(trailers: Trailers): void {
    const named = [...trailers].filter(([name]) => name !== TRAILER_SIGNATURE);
    const lines = named.map(([name, value]) => `${name}:${value}\n`).toSorted();
    const signature = trailers.get(TRAILER_SIGNATURE) ?? "";
    this.#check(signature, `${ALGORITHM}-TRAILER`, [sha256Hex(lines.join(""))]);
  }

  #check(signature: string, kind: string, hashes: string[]): void {
    const { key, date, scope } = this.#authorization;
    const expected = sign(key, [kind, date, scope, this.#last, ...hashes]);
    if (!isEqual(expected, signature)) throw new S3Failure("SignatureDoesNotMatch");
    this.#last = signature;
  }
}

/** Reads lines and counted bytes from a stream of pieces of any size. */
class Reader {
  readonly #source: AsyncIterator<Buffer>;
  #rest: Buffer = Buffer.alloc(0);

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Up to CRLF, without it. */
  async line(): Promise<string> {
    let end = this.#rest.indexOf("\r\n");
    while (end < 0 && this.#rest.length < LONGEST_LINE && (await this.#more())) {
      end = this.#rest.indexOf("\r\n");
    }
    // The last line of the last trailer may be missing.
    if (end < 0 && this.#rest.length === 0) return "";
    if (end < 0) throw new S3Failure("IncompleteBody");
    const line = this.#rest.subarray(0, end).toString("latin1");
    this.#rest = this.#rest.subarray(end + 2);
    return line;
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    let left = size;
    while (left > 0) {
      if (this.#rest.length === 0 && !(await this.#more())) throw new S3Failure("IncompleteBody");
      const piece = this.#rest.subarray(0, left);
      this.#rest = this.#rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  async #more(): Promise<boolean> {
    const { done, value } = await this.#source.next();
    if (done) return false;
    this.#rest = this.#rest.length === 0 ? value : Buffer.concat([this.#rest, value]);
    return true;
  }
}
