/** The composition root: the dependencies of features, the same for requests, alarms, queue and cron. */
import { createReadCMap, type ReadCMap } from "./clients/cmaps.ts";
import { createMailClient, type MailClient } from "./clients/mail.ts";
import { createMetrics, type Metrics } from "./clients/metrics.ts";
import { createModelClient, type ModelClient } from "./clients/model.ts";
import type { OidcClient } from "./clients/oidc.ts";
import { createStorageClient, type StorageClient } from "./clients/storage.ts";
import { createDb, type Db } from "./db/client.ts";
import { type Config, type Env, readConfig } from "./env.ts";
import { createDevices, type Devices } from "./features/auth/devices.ts";
import { createHashQueue } from "./features/auth/hash-queue.ts";
import { createPasswords, type Passwords } from "./features/auth/password.ts";
import { createSealedBoxes, type SealedBoxes } from "./features/auth/sealed-boxes.ts";
import { createTokens, type Tokens } from "./features/auth/tokens.ts";
import { type Clock, systemClock } from "./lib/clock.ts";
import { createRateLimits, type RateLimits } from "./limits/limits.ts";
import { type NewId, newId } from "./lib/ids.ts";

export type Deps = {
  config: Config;
  db: Db;
  model: ModelClient;
  storage: StorageClient;
  mail: MailClient;
  readCMap: ReadCMap;
  metrics: Metrics;
  passwords: Passwords;
  tokens: Tokens;
  sealedBoxes: SealedBoxes;
  /** Undefined where no identity provider is configured. */
  oidc: OidcClient | undefined;
  devices: Devices;
  limits: RateLimits;
  clock: Clock;
  newId: NewId;
};

/** The last request of a full queue waits about six seconds. */
const HASHING = { capacity: 32, pollMs: 10, pauseMs: 20, abandonedMs: 1_000 };

/** One per isolate and environment; losing it costs a millisecond. */
const depsCache = new WeakMap<object, Deps>();

/**
 * The dependencies of an environment. Throws `ConfigError` at every call while the environment is
 * invalid.
 */
export function createDeps(env: Env): Deps {
  const cached = depsCache.get(env);
  if (cached) return cached;
  const config = readConfig(env);
  const metrics = createMetrics(env.METRICS);
  const deps: Deps = {
    config,
    db: createDb(config),
    model: createModelClient(config, metrics),
    storage: createStorageClient(config),
    mail: createMailClient(config),
    readCMap: createReadCMap(env.ASSETS),
    metrics,
    passwords: createPasswords(createHashQueue(systemClock, HASHING)),
    tokens: createTokens(config.SECRET_KEY, systemClock),
    sealedBoxes: createSealedBoxes(config.SECRET_KEY, systemClock),
    oidc: createOidc(config),
    devices: createDevices(config.SECRET_KEY),
    limits: createRateLimits(env, config.LIMITS),
    clock: systemClock,
    newId,
  };
  depsCache.set(env, deps);
  return deps;
}

/** The client is loaded when somebody signs in through it. */
function createOidc(config: Config): OidcClient | undefined {
  const { OIDC_ISSUER, OIDC_CLIENT_ID } = config;
  if (OIDC_ISSUER === undefined || OIDC_CLIENT_ID === undefined) return undefined;
  const settings = { ...config, OIDC_ISSUER, OIDC_CLIENT_ID };
  const loaded: { client?: OidcClient } = {};
  const load = async () => {
    const { createOidcClient } = await import("./clients/oidc.ts");
    return (loaded.client ??= createOidcClient(settings, systemClock));
  };
  return {
    authorizationUrl: async (...args) => (await load()).authorizationUrl(...args),
    identify: async (...args) => (await load()).identify(...args),
  };
}
