/** One call to the bucket: signed, with its own timeout, repeated once where that is safe. */
import { readAtMost } from "../../lib/bytes.ts";
import { delay } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { timed } from "../../lib/trace.ts";
import { childText, type XmlElement } from "../../lib/xml.ts";

type Call = {
  method: "GET" | "HEAD" | "PUT" | "DELETE";
  /** Absent for the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer>;
  /** Milliseconds until the response is read; `SMALL_CALL_MS` by default. */
  timeoutMs?: number;
  /** A status that counts as a success. */
  accept?: number;
};

/** Signs requests to one bucket. */
export type Bucket = { sign: (call: Call, signal: AbortSignal) => Promise<Request> };

/** The timeout of a call without a large body. */
const SMALL_CALL_MS = 10_000;
/** The timeout of a call that sends a file. */
export const BODY_CALL_MS = 60_000;
/** The pause before a retry. */
const REPEAT_AFTER_MS = 150;

const RESPONSE_LIMIT_BYTES = 4 * 1024 * 1024;
/** S3's error codes: the only text of a response that is logged. */
const ERROR_CODE = /^[A-Za-z0-9]{1,64}$/;
const TOO_MANY = 429;

/** The bucket responded with an error. */
class Refusal extends Error {
  readonly status: number;
  readonly code: string | undefined;

  constructor(status: number, code: string | undefined) {
    super("the bucket refused");
    this.name = "BucketRefusal";
    this.status = status;
    this.code = code;
  }
}

export type Read<T> = (response: Response, deadline: AbortController) => Promise<T>;

/** Makes the call and reads its response. Throws `storage_unavailable`. */
export async function send<T>(bucket: Bucket, call: Call, read: Read<T>): Promise<T> {
  try {
    return await attempts(bucket, call, read);
  } catch (error) {
    throw toProblem(call, error);
  }
}

/** Like `send`; undefined when the bucket responds with the error code `missing`. */
export async function find<T>(
  bucket: Bucket,
  call: Call,
  read: Read<T>,
  missing: string,
): Promise<T | undefined> {
  try {
    return await attempts(bucket, call, read);
  } catch (error) {
    if (error instanceof Refusal && error.code === missing) return undefined;
    throw toProblem(call, error);
  }
}

async function attempts<T>(bucket: Bucket, call: Call, read: Read<T>): Promise<T> {
  try {
    return await timed("storage", () => attempt(bucket, call, read));
  } catch (error) {
    if (!isTransient(error)) throw error;
    await delay(REPEAT_AFTER_MS);
    return timed("storage", () => attempt(bucket, call, read));
  }
}

/** The timer is cleared at the end: an `AbortSignal.timeout` would wake the isolate for nothing. */
async function attempt<T>(bucket: Bucket, call: Call, read: Read<T>): Promise<T> {
  const deadline = new AbortController();
  const timer = setTimeout(() => deadline.abort(), call.timeoutMs ?? SMALL_CALL_MS);
  try {
    const response = await fetch(await bucket.sign(call, deadline.signal));
    if (response.ok || response.status === call.accept) return await read(response, deadline);
    throw new Refusal(response.status, await readCode(call, response));
  } finally {
    clearTimeout(timer);
  }
}

/** True when the bucket refused the call: a retry would fail the same way. */
export function isRefused(error: unknown): boolean {
  const cause = error instanceof Problem ? error.cause : undefined;
  return cause instanceof Refusal && !isTransient(cause);
}

/** True when a retry may succeed. A timeout is not retried: the caller has waited long enough. */
function isTransient(error: unknown): boolean {
  if (error instanceof Refusal) return error.status >= 500 || error.status === TOO_MANY;
  return nameOf(error) !== "AbortError";
}

async function readCode({ method }: Call, response: Response): Promise<string | undefined> {
  // A response to HEAD has no body; a 404 most likely means a missing key.
  if (method === "HEAD") return response.status === 404 ? "NoSuchKey" : undefined;
  const code = childText(await readXmlResponse(response), "Code");
  return code !== undefined && ERROR_CODE.test(code) ? code : undefined;
}

/** The root element of an XML response; an empty element when there is no valid XML. */
export async function readXmlResponse(response: Response): Promise<XmlElement> {
  const bytes = response.body && (await readAtMost(response.body, RESPONSE_LIMIT_BYTES));
  const { readXml } = await import("../../lib/read-xml.ts");
  const root = bytes && readXml(new TextDecoder().decode(bytes));
  return root ?? { name: "", text: "", children: [] };
}

/** Discards the body of a response, so that the connection can be reused. */
export async function readNothing(response: Response): Promise<void> {
  await response.arrayBuffer();
}

function toProblem({ method }: Call, error: unknown): Problem {
  const refusal = error instanceof Refusal ? error : undefined;
  const { status, code } = refusal ?? {};
  logError("storage_failed", { method, status, code, cause: nameOf(error) });
  return new Problem("storage_unavailable", { cause: error });
}
