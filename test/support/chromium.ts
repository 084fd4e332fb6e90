/** One Chromium for a run of the browser suite: the machine's own, which playwright-core drives. */
import { accessSync, constants } from "node:fs";
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a test connects to Chromium. */
    chromiumEndpoint: string;
  }
}

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Names of this domain lead to this machine: sites that have nothing in common with localhost. */
const RESOLVER_RULES = "MAP *.example 127.0.0.1";

export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const executablePath = findChromium(process.env.CHROMIUM);
  // Containers run as root, which Chromium's sandbox refuses, and have a small /dev/shm.
  const args = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    `--host-resolver-rules=${RESOLVER_RULES}`,
  ];
  const server = await chromium.launchServer({ executablePath, args });
  project.provide("chromiumEndpoint", server.wsEndpoint());
  return () => server.close();
}

/** The path of an installed Chromium, or `named` if that is one. Throws where there is none. */
export function findChromium(named: string | undefined, paths: readonly string[] = PATHS): string {
  const found = (named ? [named] : paths).find(isExecutable);
  if (found !== undefined) return found;
  throw new Error(
    `The browser tests need Chromium, and there is none ${named ? `at ${named}` : "on this machine"}. Install it (Debian: apt-get install chromium), or name one: CHROMIUM=/path/to/chromium npm run test:browser`,
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
