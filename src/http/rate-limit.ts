/**
 * Limits of users and addresses, and the headers that report them.
 *
 * @see draft-ietf-httpapi-ratelimit-headers
 */
import type { Context, MiddlewareHandler } from "hono";
import type { Level, Quota } from "../limits/bucket.ts";
import { addressKeyOf } from "../limits/client-address.ts";
import type { LimitName } from "../limits/figures.ts";
import { type LimitResult, FILTERED, type Verdict } from "../limits/limits.ts";
import { Problem } from "../lib/problem.ts";
import { addressOfClient } from "./client.ts";
import type { App } from "./router.ts";
import { runToEnd } from "./run-to-end.ts";

/** A limit that a route declares. */
export type RouteLimit = "turns" | "uploads" | "mail" | "step_up";

const isRefused = (status: number) => status >= 400 && status < 500;

/** Writes the headers of every limit that governed the request, refused or not. */
export const rateLimitHeaders: MiddlewareHandler<App> = async function rateLimitHeaders(c, next) {
  await next();
  const verdicts = [...(c.get("verdicts") ?? new Map<string, Verdict>()).values()];
  if (verdicts.length === 0) return;
  const add = (name: string, items: string[]) =>
    c.res.headers.set(name, [c.res.headers.get(name) ?? [], ...items].flat().join(", "));
  add("ratelimit", verdicts.flatMap(toLevelItems));
  add("ratelimit-policy", verdicts.flatMap(toPolicyItems));
};

/** Refuses addresses that send far more than any client does, before anything else is done. */
export const filterAddress: MiddlewareHandler<App> = async function filterAddress(c, next) {
  const isWithin = await c.get("deps").limits.filter(addressOf(c));
  if (!isWithin) check(c, FILTERED, "closed");
  await next();
};

/** The limit of every signed-in request. Without the limiter, requests are served. */
export const limitRequests: MiddlewareHandler<App> = async function limitRequests(c, next) {
  check(c, await c.get("deps").limits.take("api", c.get("principal").userId), "open");
  await next();
};

/** The middleware of a limit that a route declares. */
export function limitRoute(limit: RouteLimit): MiddlewareHandler<App> {
  if (limit === "mail") return limitMail;
  return limit === "step_up" ? limitStepUp : limitWork(limit);
}

/** What a user begins; a request that is refused is not counted. Without the limiter, requests are served. */
function limitWork(limit: "turns" | "uploads"): MiddlewareHandler<App> {
  return async function limitWork(c, next) {
    const { limits } = c.get("deps");
    const { userId } = c.get("principal");
    check(c, await limits.take(limit, userId), "open");
    await next();
    if (isRefused(c.res.status)) note(c, await limits.refund(limit, userId));
  };
}

/** Counts work that a request begins besides its own. Throws `rate_limited`. */
export async function countWork(c: Context<App>, limit: "turns" | "uploads"): Promise<void> {
  check(c, await c.get("deps").limits.take(limit, c.get("principal").userId), "open");
}

/**
 * What sends mail or reveals whether an address is registered, as 409 does; an invalid request does neither. Without
 * the limiter, requests are refused.
 */
const limitMail: MiddlewareHandler<App> = async function limitMail(c, next) {
  const { limits } = c.get("deps");
  const address = addressOf(c);
  check(c, await limits.take("mail", address), "closed");
  await next();
  const { status } = c.res;
  if (isRefused(status) && status !== 409) note(c, await limits.refund("mail", address));
};

/** Failed proofs of identity by a session, so that a stolen token guesses no password. */
const limitStepUp: MiddlewareHandler<App> = async function limitStepUp(c, next) {
  const key = c.get("principal").sessionId;
  await limitFailures(c, [{ limit: "step_up", key }], next, () => isGuess(c.get("problem")));
};

/** A wrong password or code; any other outcome reveals nothing to the client. */
export function isGuess(code: string | undefined): boolean {
  return code === "invalid_credentials" || code === "invalid_code";
}

type Counted = { limit: LimitName; key: string };

/**
 * Runs an attempt that counts only if it failed: each is reserved before it runs, so that no more run at once
 * than may fail. Throws `rate_limited` and, without the limiter, `limiter_unavailable`.
 */
export async function limitFailures<T>(
  c: Context<App>,
  counted: readonly Counted[],
  attempt: () => Promise<T>,
  hasFailed: (error: unknown) => boolean,
): Promise<T> {
  const reserved: Counted[] = [];
  let failed = false;
  try {
    for (const one of counted) await reserve(c, one, reserved);
    const result = await attempt();
    failed = hasFailed(undefined);
    return result;
  } catch (error) {
    failed = hasFailed(error);
    throw error;
  } finally {
    await settle(c, reserved, failed);
  }
}

async function reserve(c: Context<App>, one: Counted, reserved: Counted[]): Promise<void> {
  const result = await c.get("deps").limits.reserve(one.limit, one.key);
  if (typeof result === "object" && result.isAdmitted) reserved.push(one);
  check(c, result, "closed");
}

async function settle(c: Context<App>, reserved: Counted[], hasFailed: boolean): Promise<void> {
  const { limits } = c.get("deps");
  const settled = Promise.all(
    reserved.map(({ limit, key }) => limits.settle(limit, key, hasFailed)),
  );
  for (const result of await runToEnd(c, settled)) note(c, result);
}

/** The address of the client, as its limits know it. */
export function addressOf(c: Context<App>): string {
  return addressKeyOf(addressOfClient(c));
}

/**
 * Throws `rate_limited` for a refusal, `invalid_token` for a user who was erased, and `limiter_unavailable` where
 * nothing is served without the limiter.
 */
function check(c: Context<App>, result: LimitResult, withoutLimiter: "open" | "closed"): void {
  if (result === "unreachable") {
    if (withoutLimiter === "closed") throw new Problem("limiter_unavailable");
    return;
  }
  if (!result) return;
  if (result === "closed") throw new Problem("invalid_token");
  note(c, result);
  if (!result.isAdmitted) throw refusal(result);
}

/** Keeps the verdict for the headers; a later one of the same limit replaces it. */
function note(c: Context<App>, result: LimitResult): void {
  if (typeof result !== "object") return;
  const verdicts = c.get("verdicts") ?? new Map<string, Verdict>();
  c.set("verdicts", verdicts.set(result.limit, result));
}

function refusal({ limit, levels }: Verdict): Problem {
  const waitMs = Math.max(...levels.map(({ nextInMs }) => nextInMs));
  const headers = { "retry-after": String(toSeconds(waitMs)) };
  return new Problem("rate_limited", { headers, members: { limit } });
}

/** The headers of a refusal because so many requests are running. */
export function concurrencyHeaders(
  name: string,
  count: number,
  retryAfterSeconds: number,
): Record<string, string> {
  return {
    "retry-after": String(retryAfterSeconds),
    ratelimit: `"${name}";r=0;t=${retryAfterSeconds}`,
    "ratelimit-policy": `"${name}";q=${count};qu="concurrent-requests"`,
  };
}

/** Whole seconds, never too few. */
function toSeconds(ms: number): number {
  return Math.max(1, Math.ceil(ms / 1_000));
}

/** A limit of several quotas has an item for each, named by its period. */
function nameOf({ limit, quotas }: Verdict, { seconds }: Quota): string {
  return quotas.length > 1 ? `"${limit}_${seconds}s"` : `"${limit}"`;
}

function toPolicyItems(verdict: Verdict): string[] {
  return verdict.quotas.map(
    (quota) => `${nameOf(verdict, quota)};q=${quota.count};w=${quota.seconds}`,
  );
}

function toLevelItems(verdict: Verdict): string[] {
  return verdict.quotas.flatMap((quota, index) => {
    const level: Level | undefined = verdict.levels[index];
    if (!level) return [];
    const seconds = Math.ceil(level.fullInMs / 1_000);
    return [`${nameOf(verdict, quota)};r=${level.remaining};t=${seconds}`];
  });
}
