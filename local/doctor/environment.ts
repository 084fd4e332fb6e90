/** Whether the Worker would accept the variables, and whether it knows their names. */
import { type Config, ConfigError, type Env, readConfig } from "../../src/env.ts";
import { NAMES, type Settings } from "../settings.ts";
import { broken, doubtful, type Finding, ok } from "./finding.ts";

const PART = "variables";

/** `names` are all that `.dev.vars` has. Without a configuration, nothing else can be checked. */
export function checkEnvironment(
  settings: Settings,
  names: readonly string[],
): { config?: Config; findings: Finding[] } {
  const unknown = names.filter((name) => !NAMES.includes(name));
  const strangers = unknown.map((name) =>
    doubtful(
      PART,
      `The Worker reads no variable ${name}.`,
      "See docs/configuration.md for the names.",
    ),
  );
  const result = tryToRead(settings);
  if (!(result instanceof ConfigError)) {
    const read = ok(PART, `${Object.keys(settings).length} are set, and valid.`);
    return { config: result, findings: [read, ...strangers] };
  }
  return { findings: [...result.reasons.map((reason) => invalid(settings, reason)), ...strangers] };
}

/** The Worker gets the settings as strings beside its bindings, which are not read here. */
function tryToRead(settings: Settings): Config | ConfigError {
  try {
    return readConfig(settings as unknown as Env);
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
}

const HOW_TO_SET: Record<string, string> = {
  DATABASE_URL:
    "Copy the connection string of the project at Neon: postgres://user:password@host/database",
  SECRET_KEY: "Make one: openssl rand -base64 32",
};

/** zod's messages contain no values. */
function invalid(settings: Settings, reason: string): Finding {
  const name = /^\w+/.exec(reason)?.[0] ?? "";
  const says = settings[name] === undefined ? `${name} is missing.` : `Invalid: ${reason}.`;
  return broken(PART, says, HOW_TO_SET[name] ?? `See ${name} in docs/configuration.md.`);
}
