/** A request as S3 reads it: its bucket, its key, and a query whose order and repetitions count. */
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { S3Failure } from "./failure.ts";

export type S3Request = {
  method: string;
  /** As sent, without its query. */
  path: string;
  bucket: string;
  /** Decoded; empty for the bucket itself. */
  key: string;
  /** Decoded pairs, in order. */
  query: [string, string][];
  headers: IncomingHttpHeaders;
  incoming: IncomingMessage;
};

/** `bucket.host/key` where the host begins with the bucket's name, else `host/bucket/key`. */
export function readRequest(incoming: IncomingMessage, bucketName: string): S3Request {
  const { method = "GET", url = "/", headers } = incoming;
  const [path = "/", ...rest] = url.split("?");
  const isVirtualHost = (headers.host ?? "").startsWith(`${bucketName}.`);
  const whole = decode(path).slice(1);
  const slash = whole.indexOf("/");
  const bucket = isVirtualHost ? bucketName : slash < 0 ? whole : whole.slice(0, slash);
  const key = isVirtualHost ? whole : slash < 0 ? "" : whole.slice(slash + 1);
  return { method, path, bucket, key, query: readQuery(rest.join("?")), headers, incoming };
}

function readQuery(text: string): [string, string][] {
  const pairs = text.split("&").filter((pair) => pair !== "");
  return pairs.map((pair) => {
    const [name = "", ...value] = pair.split("=");
    return [decodeForm(name), decodeForm(value.join("="))];
  });
}

function decodeForm(text: string): string {
  return decode(text.replaceAll("+", " "));
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new S3Failure("InvalidArgument", "Couldn't parse the specified URI.");
  }
}

/** The value of a parameter, or undefined: an empty one is present. */
export function parameter({ query }: S3Request, name: string): string | undefined {
  return query.find(([found]) => found === name)?.[1];
}

/** The value of a header that may appear only once. */
export function header({ headers }: S3Request, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

/** A number in the query between two bounds; the fallback where it is absent. */
export function numberParameter(
  request: S3Request,
  name: string,
  { lowest, highest, fallback }: { lowest: number; highest: number; fallback: number },
): number {
  const text = parameter(request, name);
  if (text === undefined) return fallback;
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= lowest)) throw new S3Failure("InvalidArgument", `Invalid ${name}.`);
  return Math.min(value, highest);
}
