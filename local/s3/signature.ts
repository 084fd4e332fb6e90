/**
 * Signature Version 4 as S3 and other services check it, in the header or in the query of a request.
 *
 * @see https://docs.aws.amazon.com/AmazonS3/latest/API/sig-v4-authenticating-requests.html
 */
import { createHmac } from "node:crypto";
import { isEqual } from "../secrets.ts";
import { sha256Hex } from "../sha256.ts";
import { S3Failure } from "./failure.ts";
import { header, parameter, type S3Request } from "./request.ts";

export type Credentials = { accessKeyId: string; secretAccessKey: string; region: string };

/** The parts of a request's signature. */
type Claim = {
  accessKeyId: string;
  /** `20261125/us-east-1/s3/aws4_request`. */
  scope: string;
  /** `20261125T100000Z`. */
  date: string;
  signedHeaders: string[];
  signature: string;
  /** The declared payload: a hash, or one of S3's constants. */
  payload: string;
};

/** A verified signature: the chunks of a streamed body are signed in a chain that begins with it. */
export type Authorization = Pick<Claim, "scope" | "date" | "signature" | "payload"> & {
  key: Buffer;
};

export const ALGORITHM = "AWS4-HMAC-SHA256";
export const UNSIGNED = "UNSIGNED-PAYLOAD";
const SKEW_MS = 15 * 60_000;
const LONGEST_EXPIRY_SECONDS = 7 * 24 * 3600;

/** Throws the `S3Failure` with which S3 would refuse. `now` in milliseconds. */
export function authorize(
  request: S3Request,
  credentials: Credentials,
  now: number,
  service = "s3",
): Authorization {
  const isPresigned = parameter(request, "X-Amz-Algorithm") !== undefined;
  const claim = isPresigned ? readQueryClaim(request, now) : readHeaderClaim(request, now);
  checkScope(claim, { ...credentials, service }, isPresigned);
  checkSignedHeaders(request, claim);
  const key = signingKey(credentials.secretAccessKey, claim.scope);
  const canonical = sha256Hex(canonicalRequest(request, claim));
  const expected = sign(key, [ALGORITHM, claim.date, claim.scope, canonical]);
  if (!isEqual(expected, claim.signature)) throw new S3Failure("SignatureDoesNotMatch");
  return { ...claim, key };
}

function readQueryClaim(request: S3Request, now: number): Claim {
  const value = (name: string) => {
    const found = parameter(request, `X-Amz-${name}`);
    if (!found)
      throw new S3Failure("AuthorizationQueryParametersError", `X-Amz-${name} is missing.`);
    return found;
  };
  if (value("Algorithm") !== ALGORITHM) throw new S3Failure("AuthorizationQueryParametersError");
  const date = value("Date");
  checkExpiry(dateOf(date, "AuthorizationQueryParametersError"), value("Expires"), now);
  return {
    ...readCredential(value("Credential"), "AuthorizationQueryParametersError"),
    date,
    signedHeaders: value("SignedHeaders").split(";"),
    signature: value("Signature"),
    payload: header(request, "x-amz-content-sha256") ?? UNSIGNED,
  };
}

function checkExpiry(signedAt: number, expires: string, now: number): void {
  const seconds = /^\d{1,9}$/.test(expires) ? Number(expires) : Number.NaN;
  if (!(seconds >= 1 && seconds <= LONGEST_EXPIRY_SECONDS)) {
    throw new S3Failure("AuthorizationQueryParametersError", "X-Amz-Expires is out of range.");
  }
  if (signedAt > now + SKEW_MS) throw new S3Failure("AccessDenied", "Request is not yet valid");
  if (now > signedAt + seconds * 1000) throw new S3Failure("AccessDenied", "Request has expired");
}

const AUTHORIZATION =
  /^AWS4-HMAC-SHA256 +Credential=([^, ]+), *SignedHeaders=([^, ]+), *Signature=([^, ]+)$/;

function readHeaderClaim(request: S3Request, now: number): Claim {
  const authorization = header(request, "authorization");
  if (authorization === undefined) throw new S3Failure("AccessDenied");
  const [, credential, signedHeaders, signature] = AUTHORIZATION.exec(authorization) ?? [];
  if (!credential || !signedHeaders || !signature) {
    throw new S3Failure("AuthorizationHeaderMalformed");
  }
  const date = header(request, "x-amz-date");
  if (!date) throw new S3Failure("AccessDenied", "AWS authentication requires a valid date.");
  if (Math.abs(dateOf(date, "AccessDenied") - now) > SKEW_MS) {
    throw new S3Failure("RequestTimeTooSkewed");
  }
  const payload = header(request, "x-amz-content-sha256");
  if (!payload) throw new S3Failure("InvalidRequest", "Missing x-amz-content-sha256");
  const claim = readCredential(credential, "AuthorizationHeaderMalformed");
  return { ...claim, date, signedHeaders: signedHeaders.split(";"), signature, payload };
}

type Malformed = "AuthorizationHeaderMalformed" | "AuthorizationQueryParametersError";

function readCredential(credential: string, malformed: Malformed) {
  const parts = credential.split("/");
  const scope = parts.splice(-4);
  if (parts.length === 0 || scope.length !== 4) throw new S3Failure(malformed);
  return { accessKeyId: parts.join("/"), scope: scope.join("/") };
}

/** Milliseconds of `20261125T100000Z`. */
function dateOf(date: string, malformed: Malformed | "AccessDenied"): number {
  const iso = date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  const time = iso === date ? Number.NaN : Date.parse(iso);
  if (Number.isNaN(time)) throw new S3Failure(malformed, "The date is not valid.");
  return time;
}

function checkScope(
  claim: Claim,
  credentials: Credentials & { service: string },
  isPresigned: boolean,
): void {
  const [day, region, service, end] = claim.scope.split("/");
  const malformed = isPresigned
    ? "AuthorizationQueryParametersError"
    : "AuthorizationHeaderMalformed";
  if (claim.accessKeyId !== credentials.accessKeyId) throw new S3Failure("InvalidAccessKeyId");
  if (region !== credentials.region) {
    throw new S3Failure(malformed, `The region is wrong; expecting '${credentials.region}'`);
  }
  if (service !== credentials.service || end !== "aws4_request" || day !== claim.date.slice(0, 8)) {
    throw new S3Failure(malformed);
  }
}

/** Everything that S3 acts upon must be signed, or anybody in between could add to it. */
function checkSignedHeaders(request: S3Request, { signedHeaders }: Claim): void {
  const signed = new Set(signedHeaders);
  const amazons = Object.keys(request.headers).filter((name) => name.startsWith("x-amz-"));
  const unsigned = ["host", ...amazons].filter((name) => !signed.has(name));
  // The hash of the body is part of the canonical request in any case.
  if (unsigned.some((name) => name !== "x-amz-content-sha256")) {
    throw new S3Failure("AccessDenied", "There were headers which were not signed");
  }
}

function canonicalRequest(request: S3Request, { signedHeaders, payload }: Claim): string {
  const pairs = request.query
    .filter(([name]) => name !== "X-Amz-Signature")
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .toSorted(([a, x], [b, y]) => (a === b ? compare(x, y) : compare(a, b)));
  const { headersDistinct } = request.incoming;
  const lines = signedHeaders.map((name) => {
    const values = (headersDistinct[name] ?? []).map((value) => value.trim().replace(/ +/g, " "));
    return `${name}:${values.join(",")}`;
  });
  return [
    request.method,
    request.path
      .split("/")
      .map((segment) => encode(decodeURIComponent(segment)))
      .join("/"),
    pairs.map((pair) => pair.join("=")).join("&"),
    ...lines,
    "",
    signedHeaders.join(";"),
    payload,
  ].join("\n");
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** RFC 3986: everything but letters, digits and `-_.~`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function signingKey(secret: string, scope: string): Buffer {
  return scope
    .split("/")
    .reduce<Buffer>((key, part) => hmac(key, part), Buffer.from(`AWS4${secret}`));
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac("sha256", key).update(text).digest();
}

/** The signature of lines, of a request or a chunk of its body. */
export function sign(key: Buffer, lines: string[]): string {
  return hmac(key, lines.join("\n")).toString("hex");
}
