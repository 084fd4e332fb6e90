/** Checks the dependencies of the service. */
import { sql } from "drizzle-orm";
import { z } from "@hono/zod-openapi";
import { version } from "../../../package.json";
import { read } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { ShownTime } from "../../http/fields.ts";
import { onDemand, type Shown } from "../../http/on-demand.ts";
import { delay, toIso, within } from "../../lib/clock.ts";

const Availability = onDemand(() => z.enum(["available", "unavailable", "not_configured"]));

const Works = z
  .object({
    accounts: z.boolean(),
    chats: z.boolean(),
    turns: z.boolean(),
    files: z.boolean(),
    search: z.boolean(),
  })
  .openapi({ description: "What works with the parts that can be reached." });

export const Health = onDemand(() =>
  z
    .object({
      status: z.enum(["healthy", "degraded", "unhealthy"]),
      database: z.enum(["connected", "unavailable"]),
      s3: Availability(),
      ai_service: Availability(),
      mail: z.enum(["configured", "not_configured"]).openapi({
        description: "Without mails, addresses are not verified and passwords cannot be reset.",
      }),
      works: Works,
      version: z.string(),
      timestamp: ShownTime,
    })
    .openapi("Health"),
);

type Health = Shown<typeof Health>;
type Availability = Shown<typeof Availability>;

/** How long a result is cached. */
export const KEPT_SECONDS = 15;

const CHECK_MS = 3_000;

/** A check that takes longer has lost its client and will not end. */
const LONGEST_CHECK_MS = CHECK_MS + 500;
const POLL_MS = 25;

/** `begunAt` is 0 while no check runs. */
type Check = { begunAt: number; done?: { at: number; health: Health } };

/**
 * The last check of the isolate, so that load balancers cause no load on dependencies. Requests poll for
 * the result of a running check instead of awaiting its promise, which would never settle if its client
 * disconnected.
 */
const healthCache = new WeakMap<Deps, Check>();

/** Checks all dependencies in parallel, at most every 15 seconds. Generates nothing. */
export async function checkHealth(deps: Deps): Promise<Health> {
  for (;;) {
    const check = healthCache.get(deps) ?? { begunAt: 0 };
    healthCache.set(deps, check);
    const now = deps.clock();
    if (check.done && now - check.done.at < KEPT_SECONDS * 1000) return check.done.health;
    if (now - check.begunAt >= LONGEST_CHECK_MS) return runCheck(deps, check);
    await delay(POLL_MS);
  }
}

/** Runs the check for all requests that wait. */
async function runCheck(deps: Deps, check: Check): Promise<Health> {
  check.begunAt = deps.clock();
  const health = await checkAll(deps);
  check.done = { at: deps.clock(), health };
  check.begunAt = 0;
  return health;
}

async function checkAll({ db, storage, model, mail, clock }: Deps): Promise<Health> {
  const [database, s3, ai] = await Promise.all([
    succeeds(async () => Boolean(await read(db, sql`SELECT 1`))),
    availability(storage),
    availability(model),
  ]);
  const degraded = s3 === "unavailable" || ai === "unavailable";
  return {
    status: database ? (degraded ? "degraded" : "healthy") : "unhealthy",
    database: database ? "connected" : "unavailable",
    s3,
    ai_service: ai,
    mail: mail.isConfigured() ? "configured" : "not_configured",
    works: worksWith(database, s3, ai),
    version,
    timestamp: toIso(new Date(clock())),
  };
}

function worksWith(database: boolean, s3: Availability, ai: Availability): Health["works"] {
  return {
    accounts: database,
    chats: database,
    turns: database && ai === "available",
    files: database && s3 === "available",
    // Without a provider of embeddings, by words alone.
    search: database,
  };
}

type Part = {
  isConfigured: () => boolean;
  isReachable: (signal: AbortSignal) => Promise<boolean>;
};

async function availability(part: Part): Promise<Availability> {
  if (!part.isConfigured()) return "not_configured";
  const reachable = await succeeds((signal) => part.isReachable(signal));
  return reachable ? "available" : "unavailable";
}

async function succeeds(check: (signal: AbortSignal) => Promise<boolean>): Promise<boolean> {
  const signal = AbortSignal.timeout(CHECK_MS);
  try {
    return (await within(CHECK_MS, check(signal))) ?? false;
  } catch {
    return false;
  }
}
