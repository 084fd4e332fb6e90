/** One call to the bucket: signed, with a deadline of its own, repeated once where that is safe. */
import { readAtMost } from "../../lib/bytes.ts";
import { delay } from "../../lib/clock.ts";
import { logError, nameOf } from "../../lib/log.ts";
import { Problem } from "../../lib/problem.ts";
import { childText, readXml, type XmlElement } from "../../lib/xml.ts";

export type Call = {
  method: "GET" | "HEAD" | "PUT" | "POST" | "DELETE";
  /** Absent: the bucket itself. */
  key?: string;
  query?: Record<string, string>;
  headers?: Record<string, string>;
  body?: Uint8Array<ArrayBuffer> | string;
  /** Milliseconds until the answer is read; `SMALL_CALL_MS` unless said. */
  timeoutMs?: number;
  /** It may have happened without our knowing, and happening twice would leave something behind. */
  once?: boolean;
  /** An answer that is read like a success. */
  accept?: number;
};

/** A bucket, and the hand that signs for it. */
export type Bucket = { sign: (call: Call, signal: AbortSignal) => Promise<Request> };

/** A call without a body worth the name. */
export const SMALL_CALL_MS = 10_000;
/** A call that carries up to a part's or a small file's bytes. */
export const BODY_CALL_MS = 60_000;
/** Between a failure and the repetition. */
const REPEAT_AFTER_MS = 150;

const ANSWER_LIMIT_BYTES = 4 * 1024 * 1024;
/** What S3 calls a failure: the only words of its own that go to the log. */
const ERROR_CODE = /^[A-Za-z0-9]{1,64}$/;
const TOO_MANY = 429;

/** The bucket answered, and not as it was asked to. */
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

/** Makes the call and reads its answer. Throws `Problem` `storage_unavailable`. */
export async function send<T>(bucket: Bucket, call: Call, read: Read<T>): Promise<T> {
  try {
    return await attempts(bucket, call, read);
  } catch (error) {
    throw toProblem(call, error);
  }
}

/** Like `send`; undefined where the bucket says by one of the codes that there is no such thing. */
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
    return await attempt(bucket, call, read);
  } catch (error) {
    if (call.once || !isPassing(error)) throw error;
    await delay(REPEAT_AFTER_MS);
    return attempt(bucket, call, read);
  }
}

/** The deadline is cleared at the end: an `AbortSignal.timeout` would wake the isolate for nothing. */
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

/** True when the bucket answered, and refused: asking again comes to the same. */
export function isRefused(error: unknown): boolean {
  const cause = error instanceof Problem ? error.cause : undefined;
  return cause instanceof Refusal && !isPassing(cause);
}

/** A failure that may be over in a moment; who has waited until the deadline does not wait again. */
function isPassing(error: unknown): boolean {
  if (error instanceof Refusal) return error.status >= 500 || error.status === TOO_MANY;
  return nameOf(error) !== "AbortError";
}

async function readCode({ method }: Call, response: Response): Promise<string | undefined> {
  // The answer to HEAD has no words: that it was the key that is missing is the likely reading.
  if (method === "HEAD") return response.status === 404 ? "NoSuchKey" : undefined;
  const code = childText(await readXmlResponse(response), "Code");
  return code !== undefined && ERROR_CODE.test(code) ? code : undefined;
}

/** An answer in XML; an element without anything for one that is none. */
export async function readXmlResponse(response: Response): Promise<XmlElement> {
  const bytes = response.body && (await readAtMost(response.body, ANSWER_LIMIT_BYTES));
  const root = bytes && readXml(new TextDecoder().decode(bytes));
  return root ?? { name: "", text: "", children: [] };
}

/** For calls whose answer says nothing but that it is done; read, so that the connection is free again. */
export async function readNothing(response: Response): Promise<void> {
  await response.arrayBuffer();
}

function toProblem({ method }: Call, error: unknown): Problem {
  const refusal = error instanceof Refusal ? error : undefined;
  const { status, code } = refusal ?? {};
  logError("storage_failed", { method, status, code, cause: nameOf(error) });
  return new Problem("storage_unavailable", { cause: error });
}
