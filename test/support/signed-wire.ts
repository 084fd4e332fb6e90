/** Requests to a bucket that are signed by hand, so that a test can corrupt any part. */
import { createHash, createHmac } from "node:crypto";
import { AwsV4Signer } from "aws4fetch";
import type { S3Service } from "./own-bucket.ts";

export type Signing = {
  method?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer> | string;
  /** The time of the signature; now by default. */
  at?: Date;
  /** Puts the signature into the query, valid for this many seconds. */
  expires?: number;
};

export type Signed = {
  url: string;
  init: Omit<RequestInit, "headers"> & { headers: Record<string, string> };
};

/** A signed request for a key, not sent yet. */
export async function signFor(service: S3Service, key: string, how: Signing): Promise<Signed> {
  const { bucket, endpoint, accessKeyId, secretAccessKey, region } = service;
  const base = endpoint ? `${endpoint}/${bucket}` : `https://${bucket}.s3.${region}.amazonaws.com`;
  const url = new URL(`${base}/${key}`);
  const isPresigned = how.expires !== undefined;
  for (const [name, value] of Object.entries(how.query ?? {})) url.searchParams.set(name, value);
  if (isPresigned) url.searchParams.set("X-Amz-Expires", String(how.expires));
  const { method = "GET", headers = {} } = how;
  const signer = new AwsV4Signer({
    url: url.href,
    method,
    headers,
    accessKeyId,
    secretAccessKey,
    region,
    service: "s3",
    signQuery: isPresigned,
    datetime: toAmzDate(how.at ?? new Date()),
  });
  const signed = await signer.sign();
  const init = { method, headers: Object.fromEntries(signed.headers) };
  return {
    url: signed.url.href,
    init: how.body === undefined ? init : { ...init, body: how.body },
  };
}

function toAmzDate(at: Date): string {
  return at.toISOString().replaceAll(/[:-]|\.\d{3}/g, "");
}

/** Sends it; returns the status, S3's code and message. */
export async function send({
  url,
  init,
}: Signed): Promise<{ status: number; code?: string; message?: string }> {
  const response = await fetch(url, init);
  const text = await response.text();
  const found = (name: string) => new RegExp(`<${name}>([^<]*)</${name}>`).exec(text)?.[1];
  const [code, message] = [found("Code"), found("Message")];
  return { status: response.status, ...(code && { code }), ...(message && { message }) };
}

const ALGORITHM = "AWS4-HMAC-SHA256";

type Chunked = {
  pieces: string[];
  /** A trailer, signed like the rest. */
  trailer?: [name: string, value: string];
  /** Changes the body after it was signed. */
  spoil?: (body: string) => string;
};

/** A PUT whose body is sent in chunks, each of which carries the signature of the one before. */
export async function signChunked(
  service: S3Service,
  key: string,
  { pieces, trailer, spoil = (body) => body }: Chunked,
): Promise<Signed> {
  const kind = `STREAMING-${ALGORITHM}-PAYLOAD`;
  const headers = {
    "content-encoding": "aws-chunked",
    "x-amz-content-sha256": trailer ? `${kind}-TRAILER` : kind,
    "x-amz-decoded-content-length": String(pieces.join("").length),
    ...(trailer && { "x-amz-trailer": trailer[0] }),
  };
  const { url, init } = await signFor(service, key, { method: "PUT", headers });
  const date = init.headers["x-amz-date"] ?? "";
  const scope = [date.slice(0, 8), service.region, "s3", "aws4_request"];
  let last = /Signature=(\w+)/.exec(init.headers.authorization ?? "")?.[1] ?? "";
  const sign = (name: string, ...hashes: string[]) => {
    const lines = [`${ALGORITHM}-${name}`, date, scope.join("/"), last, ...hashes];
    last = hmac(
      scope.reduce(hmac, Buffer.from(`AWS4${service.secretAccessKey}`)),
      lines.join("\n"),
    ).toString("hex");
    return last;
  };
  const chunks = [...pieces, ""].map((piece, index) => {
    const head = `${piece.length.toString(16)};chunk-signature=${sign("PAYLOAD", hash(""), hash(piece))}\r\n`;
    return index < pieces.length ? `${head}${piece}\r\n` : head;
  });
  if (trailer) {
    const line = trailer.join(":");
    chunks.push(`${line}\r\n`, `x-amz-trailer-signature:${sign("TRAILER", hash(`${line}\n`))}\r\n`);
  }
  return { url, init: { ...init, body: spoil(`${chunks.join("")}\r\n`) } };
}

const hash = (text: string) => createHash("sha256").update(text).digest("hex");

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}
