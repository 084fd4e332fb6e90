/** Where a browser may be sent after a sign-in. */
import { isListedOrigin } from "../../../lib/origins.ts";

type Allowed = {
  /** The origin of the API itself. */
  own: string;
  origins: readonly string[];
  /** True to allow any port of the loopback interface, where a native client listens (RFC 8252 section 7.3). */
  loopback: boolean;
};

const LONGEST = 2_000;

/**
 * What a browser removes (tab, line ends), reads as `/` (a backslash) or a person does not see: none of it
 * is needed in a URL.
 */
const SUSPICIOUS = /[\\\s\p{C}]/u;

/** An `@` before the path, even if nothing is before it. */
const USER_INFO = /^[^/]*\/\/[^/?#]*@/;

/** Slashes that a proxy may decode to `//host`. */
const ENCODED_SLASHES = /^\/(?:\/|%2f|%5c)/i;

const LOOPBACK = /^http:\/\/(?:127\.0\.0\.1|\[::1\]):\d{1,5}$/;

/** The absolute URL of an own path, or of a page of an allowed origin; undefined for everything else. */
export function parseReturnTo(text: string, allowed: Allowed): string | undefined {
  if (text.length > LONGEST || SUSPICIOUS.test(text)) return undefined;
  if (USER_INFO.test(text)) return undefined;
  const isPath = text.startsWith("/");
  if (isPath ? ENCODED_SLASHES.test(text) : !/^https?:\/\/[^/]/i.test(text)) return undefined;
  const url = URL.parse(text, allowed.own);
  // `/.//host` is a path of two slashes once it is normalised.
  if (!url || ENCODED_SLASHES.test(url.pathname)) return undefined;
  return isAllowed(url.origin, allowed) ? url.href : undefined;
}

function isAllowed(origin: string, { own, origins, loopback }: Allowed): boolean {
  return origin === own || isListedOrigin(origin, origins) || (loopback && LOOPBACK.test(origin));
}

/** The URL with one more parameter. */
export function withParameter(url: string, name: string, value: string): string {
  const changed = new URL(url);
  changed.searchParams.set(name, value);
  return changed.href;
}
