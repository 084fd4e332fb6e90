/** The client of a request, as far as the platform reports it. */
import type { Context } from "hono";
import type { App } from "./router.ts";

export type RequestClient = {
  /** The IP address; null where the platform does not report it. */
  address: string | null;
  userAgent: string | null;
  /** ISO 3166-1 alpha-2. */
  country: string | null;
};

const LONGEST_USER_AGENT = 500;

/** Only the platform's own header names the address: every other one can be forged. */
export function clientOf(c: Context<App>): RequestClient {
  const country: unknown = Reflect.get(c.req.raw, "cf")?.country;
  return {
    address: addressOfClient(c),
    userAgent: c.req.header("user-agent")?.slice(0, LONGEST_USER_AGENT).toWellFormed() ?? null,
    country: typeof country === "string" ? country : null,
  };
}

/** The IP address alone, which costs less than everything that `clientOf` knows. */
export function addressOfClient(c: Context<App>): string | null {
  return c.req.header("cf-connecting-ip") ?? null;
}
