/**
 * `npm run doctor`: checks a filled-in environment, from `.dev.vars` and the environment of the process, and says what
 * is missing and how to mend it. Exits with 1 when something is broken. Prints no secret.
 */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseEnv } from "node:util";
import { experimental_readRawConfig as readRawConfig } from "wrangler";
import { examine } from "./doctor/examine.ts";
import { isBroken, render } from "./doctor/finding.ts";
import { readSettings } from "./settings.ts";

const ROOT = join(import.meta.dirname, "..");
const DEV_VARS = resolve(ROOT, process.env.DEV_VARS || ".dev.vars");

// The product's clients log a failure; the report says the same in words.
console.error = () => undefined;

const settings = await readSettings(DEV_VARS, process.env);
const names = existsSync(DEV_VARS) ? Object.keys(parseEnv(await readFile(DEV_VARS, "utf8"))) : [];
const { rawConfig } = readRawConfig({ config: join(ROOT, "wrangler.toml") });
const findings = await examine({ settings, names, wrangler: rawConfig });
process.stdout.write(`${render(findings)}\n`);
process.exitCode = findings.some(isBroken) ? 1 : 0;
