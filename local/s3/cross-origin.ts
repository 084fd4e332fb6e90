/**
 * The bucket's CORS rule: one rule, with any header.
 *
 * A page that follows a redirect to the bucket arrives with `Origin: null`, which a rule has to name like
 * any other; and with credentials, `*` is not enough for a browser.
 */
import type { IncomingHttpHeaders } from "node:http";
import type { S3Response } from "./answer.ts";

const METHODS = "GET, PUT, HEAD";
const EXPOSED =
  "ETag, Content-Length, Content-Range, Content-Disposition, x-amz-checksum-sha256, x-amz-request-id";
const MAX_AGE_SECONDS = "3000";

export class CrossOrigin {
  readonly #origins: RegExp[];
  readonly #isOpen: boolean;

  /** Origins, in which one `*` may stand for anything. */
  constructor(origins: string[]) {
    this.#isOpen = origins.includes("*");
    this.#origins = origins.map(
      (origin) => new RegExp(`^${origin.split("*").map(RegExp.escape).join(".*")}$`),
    );
  }

  /** The response to a preflight. */
  preflight(headers: IncomingHttpHeaders): S3Response {
    const method = headers["access-control-request-method"] ?? "";
    const allowed = METHODS.split(", ").includes(method) ? this.headersFor(headers) : {};
    if (!("access-control-allow-origin" in allowed)) {
      return { status: 403, body: "This CORS request is not allowed." };
    }
    const requested = headers["access-control-request-headers"];
    return {
      status: 200,
      headers: {
        ...allowed,
        "access-control-allow-methods": METHODS,
        ...(requested !== undefined && { "access-control-allow-headers": requested }),
        "access-control-max-age": MAX_AGE_SECONDS,
      },
    };
  }

  /** True where the rule names the origin. */
  isAllowed(origin: string): boolean {
    return this.#origins.some((rule) => rule.test(origin));
  }

  /** The headers for every response. */
  headersFor({ origin }: IncomingHttpHeaders): Record<string, string> {
    const vary = "Origin, Access-Control-Request-Headers, Access-Control-Request-Method";
    if (origin === undefined || !this.isAllowed(origin)) return { vary };
    const exposed = { "access-control-expose-headers": EXPOSED, vary };
    if (this.#isOpen) return { "access-control-allow-origin": "*", ...exposed };
    return {
      "access-control-allow-origin": origin,
      "access-control-allow-credentials": "true",
      ...exposed,
    };
  }
}
