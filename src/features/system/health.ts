/** How the parts are that the service is made of. */
import { sql } from "drizzle-orm";
import { z } from "@hono/zod-openapi";
import { version } from "../../../package.json";
import { read } from "../../db/client.ts";
import type { Deps } from "../../deps.ts";
import { ShownTime } from "../../http/fields.ts";
import { delay, toIso, within } from "../../lib/clock.ts";

const Availability = z.enum(["available", "unavailable", "not_configured"]);

export const Health = z
  .object({
    status: z.enum(["healthy", "degraded", "unhealthy"]),
    database: z.enum(["connected", "unavailable"]),
    s3: Availability,
    ai_service: Availability,
    version: z.string(),
    timestamp: ShownTime,
  })
  .openapi("Health");

type Health = z.infer<typeof Health>;
type Availability = z.infer<typeof Availability>;

/** How long a look at the parts is kept. */
export const KEPT_SECONDS = 15;

const CHECK_MS = 3_000;

/** A look that takes longer has lost its client, and with it its end. */
const LONGEST_LOOK_MS = CHECK_MS + 500;
const POLL_MS = 25;

/** `begunAt` is 0 while nobody looks. */
type Look = { begunAt: number; done?: { at: number; health: Health } };

/**
 * The last look at the parts, per isolate: a load balancer's questions are not passed on. Whoever asks while
 * another request looks polls for its result: its promise would hang for everybody if its client left.
 */
const healthCache = new WeakMap<Deps, Look>();

/** Looks at every part at once, no more often than every 15 seconds, and generates nothing. */
export async function checkHealth(deps: Deps): Promise<Health> {
  for (;;) {
    const look = healthCache.get(deps) ?? { begunAt: 0 };
    healthCache.set(deps, look);
    const now = deps.clock();
    if (look.done && now - look.done.at < KEPT_SECONDS * 1000) return look.done.health;
    if (now - look.begunAt >= LONGEST_LOOK_MS) return lookFor(deps, look);
    await delay(POLL_MS);
  }
}

/** Looks for all that ask meanwhile. */
async function lookFor(deps: Deps, look: Look): Promise<Health> {
  look.begunAt = deps.clock();
  const health = await lookAtAll(deps);
  look.done = { at: deps.clock(), health };
  look.begunAt = 0;
  return health;
}

async function lookAtAll({ db, storage, model, clock }: Deps): Promise<Health> {
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
    version,
    timestamp: toIso(new Date(clock())),
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
