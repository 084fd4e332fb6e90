/** Asks the limiters of users and addresses. */
import { delay, within } from "../lib/clock.ts";
import { logError, nameOf } from "../lib/log.ts";
import type { Level, Quota } from "./bucket.ts";
import { COARSE, type LimitName, type Limits } from "./figures.ts";
import type { Decision, Limiter } from "./limiter.do.ts";

/** What a limit says about a request. */
export type Verdict = {
  limit: LimitName | "address";
  isAdmitted: boolean;
  quotas: readonly Quota[];
  levels: readonly Level[];
};

/** Undefined where limits are lifted; "closed" for a user who was erased. */
export type LimitResult = Verdict | "unreachable" | "closed" | undefined;

export type RateLimits = {
  /** Counts a request of this user or address. */
  take(limit: LimitName, key: string): Promise<LimitResult>;
  /**
   * Admits no request of this user or address until then (milliseconds since the epoch). False where that is not
   * possible: the limiter is unreachable, or limits are lifted.
   */
  close(limit: LimitName, key: string, until: number): Promise<boolean>;
  /** Gives back what `take` counted. */
  refund(limit: LimitName, key: string): Promise<LimitResult>;
  /** Admits an attempt that only counts if it fails; `settle` must follow. */
  reserve(limit: LimitName, key: string): Promise<LimitResult>;
  settle(limit: LimitName, key: string, hasFailed: boolean): Promise<LimitResult>;
  /** The platform's filter: false for an address far above any use. */
  filter(address: string): Promise<boolean>;
};

/** The bindings; without a filter nothing is filtered. */
type Bindings = { LIMITER: DurableObjectNamespace<Limiter>; COARSE_LIMITER?: RateLimit };

const CALL_TIMEOUT_MS = 2_000;

/** How long an attempt waits for the outcome of others, and how often it asks. */
const BUSY = { waits: 150, pauseMs: 100 } as const;

export function createRateLimits(env: Bindings, limits: Limits): RateLimits {
  const call = async (
    limit: LimitName,
    key: string,
    ask: (stub: DurableObjectStub<Limiter>, quotas: Quota[]) => Promise<Decision>,
  ): Promise<Decision | "unreachable" | undefined> => {
    if (limits.off) return undefined;
    return reach(limit, () => ask(env.LIMITER.getByName(`${limit}:${key}`), limits[limit]));
  };
  const toResult = (
    limit: LimitName,
    decision: Decision | "unreachable" | undefined,
  ): LimitResult => {
    if (typeof decision !== "object") return decision;
    const { outcome, levels } = decision;
    if (outcome === "closed") return outcome;
    return { limit, isAdmitted: outcome === "admitted", quotas: limits[limit], levels };
  };
  const reserve = async (limit: LimitName, key: string) => {
    const ask = () => call(limit, key, (stub, quotas) => stub.reserve(quotas));
    let decision = await ask();
    for (let waits = 0; waits < BUSY.waits && isBusy(decision); waits++) {
      await delay(BUSY.pauseMs);
      decision = await ask();
    }
    return toResult(limit, decision);
  };
  return {
    take: async (limit, key) =>
      toResult(limit, await call(limit, key, (stub, quotas) => stub.take(quotas))),
    close: async (limit, key, until) => {
      const decision = await call(limit, key, (stub, quotas) => stub.close(quotas, until));
      return typeof decision === "object";
    },
    refund: async (limit, key) =>
      toResult(limit, await call(limit, key, (stub, quotas) => stub.refund(quotas))),
    reserve,
    settle: async (limit, key, hasFailed) =>
      toResult(limit, await call(limit, key, (stub, quotas) => stub.settle(quotas, hasFailed))),
    filter: async (address) => limits.off || isWithinFilter(env.COARSE_LIMITER, address),
  };
}

function isBusy(decision: Decision | "unreachable" | undefined): boolean {
  return typeof decision === "object" && decision.outcome === "busy";
}

/** Never throws: what a request does without its limiter depends on the request. */
async function reach(
  limit: LimitName,
  ask: () => Promise<Decision>,
): Promise<Decision | "unreachable"> {
  try {
    const decision = await within(CALL_TIMEOUT_MS, ask());
    if (decision) return decision;
    logError("limiter_unreachable", { limit, cause: "timeout" });
  } catch (error) {
    logError("limiter_unreachable", { limit, cause: nameOf(error) });
  }
  return "unreachable";
}

/** The filter is a precaution: where it fails, everything passes. */
async function isWithinFilter(filter: RateLimit | undefined, address: string): Promise<boolean> {
  try {
    return !filter || (await filter.limit({ key: address })).success;
  } catch (error) {
    logError("coarse_limiter_failed", { cause: nameOf(error) });
    return true;
  }
}

/** The verdict about a request that the platform's filter refuses. */
export const FILTERED: Verdict = {
  limit: "address",
  isAdmitted: false,
  quotas: [COARSE],
  levels: [{ remaining: 0, nextInMs: COARSE.seconds * 1_000, fullInMs: COARSE.seconds * 1_000 }],
};
