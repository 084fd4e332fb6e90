/** The Chromium of the machine, which playwright-core drives. */
import { accessSync, constants } from "node:fs";

/** The one without a user interface first: its tabs take two thirds of the time. */
const PATHS = [
  "/usr/bin/chromium-headless-shell",
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
];

/** The path of an installed Chromium, or `named` if that is one. Throws where there is none. */
export function findChromium(named: string | undefined, paths: readonly string[] = PATHS): string {
  const found = (named ? [named] : paths).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `Chromium is needed, and there is none ${named ? `at ${named}` : "on this machine"}. Install it (Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chromium`,
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
