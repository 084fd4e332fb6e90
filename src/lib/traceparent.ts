/**
 * The header `traceparent`, which joins what several services do for one request. Pure.
 *
 * @see https://www.w3.org/TR/trace-context/ section 3.2
 */

type TraceParent = {
  /** 16 bytes in hexadecimal, not all zero. */
  traceId: string;
  /** 8 bytes in hexadecimal, not all zero: the caller's own part of the trace. */
  spanId: string;
  /** True where the caller may have recorded its part. */
  isSampled: boolean;
};

/** The form of version 00; later versions may append fields. */
const FORM = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})$/;
const LENGTH = 55;

const NO_VERSION = "ff";
const NO_ID = /^0+$/;

/** Undefined where the header is absent or invalid: then a new trace begins. */
export function parseTraceparent(header: string | null | undefined): TraceParent | undefined {
  const match = FORM.exec(header?.slice(0, LENGTH) ?? "");
  if (!match) return undefined;
  const [, version = "", traceId = "", spanId = "", flags = ""] = match;
  const rest = header?.slice(LENGTH) ?? "";
  const mayContinue = version !== "00" && rest.startsWith("-");
  if (version === NO_VERSION || (rest !== "" && !mayContinue)) return undefined;
  if (NO_ID.test(traceId) || NO_ID.test(spanId)) return undefined;
  return { traceId, spanId, isSampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

export function formatTraceparent({ traceId, spanId, isSampled }: TraceParent): string {
  return `00-${traceId}-${spanId}-${isSampled ? "01" : "00"}`;
}
