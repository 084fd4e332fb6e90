/** Postgres and the provider as a world of faults reaches them: each through a proxy. */
import { inject } from "vitest";
import { type FaultProxy, startFaultProxy } from "./fault-proxy.ts";
import { startSeededProvider } from "./seeded-provider.ts";
import type { Vars } from "../worker.ts";

/** Short, so that timeouts, late saves and retries take no longer than a test can wait. */
const TURN_LIMITS = {
  first_token_ms: 400,
  progress_ms: 400,
  total_ms: 3_000,
  heartbeat_ms: 5_000,
  flush_ms: 20,
  watchdog_ms: 500,
};

/** More than any world uses: every turn reserves, and none is refused. */
const BUDGETS = { month: { tokens: 1e12, cost: "1000000" } };

export type Upstreams = {
  postgres: FaultProxy;
  provider: FaultProxy;
  /** The variables with which a Worker reaches them. */
  vars: Vars;
  close: () => Promise<void>;
};

export async function startUpstreams(): Promise<Upstreams> {
  const seeded = await startSeededProvider();
  const neon = new URL(inject("neonUrl"));
  const [postgres, provider] = await Promise.all([
    startFaultProxy(neon.origin),
    startFaultProxy(seeded.origin),
  ]);
  return {
    postgres,
    provider,
    vars: {
      DATABASE_HTTP_URL: postgres.origin + neon.pathname,
      OPENAI_BASE_URL: `${provider.origin}/v1`,
      TURN_LIMITS: JSON.stringify(TURN_LIMITS),
      LIMITS: '{"off":true}',
      BUDGETS: JSON.stringify(BUDGETS),
    },
    close: async () => {
      await Promise.all([postgres.close(), provider.close()]);
      await seeded.close();
    },
  };
}
