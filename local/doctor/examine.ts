/** All checks of a configuration. */
import type { Unstable_RawConfig as RawConfig } from "wrangler";
import type { Settings } from "../settings.ts";
import { checkBucket } from "./bucket.ts";
import { checkDatabase } from "./database.ts";
import { checkEnvironment } from "./environment.ts";
import { doubtful, type Finding } from "./finding.ts";
import { checkMail } from "./mail.ts";
import { checkProviders } from "./provider.ts";
import { checkQueues } from "./queues.ts";

export type Examined = {
  settings: Settings;
  /** The names in `.dev.vars`. */
  names: readonly string[];
  wrangler: RawConfig;
};

/** The findings in the order of the deployment's steps. Leaves nothing behind. */
export async function examine({ settings, names, wrangler }: Examined): Promise<Finding[]> {
  const { config, findings } = checkEnvironment(settings, names);
  const queues = checkQueues(wrangler);
  if (!config) {
    const rest = doubtful("services", "They were not checked.", "Correct the variables first.");
    return [...findings, rest, ...queues];
  }
  const services = await Promise.all([
    checkDatabase(config),
    checkBucket(settings, config.ALLOWED_ORIGINS),
    checkProviders(config),
    checkMail(settings),
  ]);
  return [...findings, ...services.flat(), ...queues];
}
