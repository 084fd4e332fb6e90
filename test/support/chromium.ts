/** One Chromium for a run of the browser suite: the machine's own, which playwright-core drives. */
import { chromium } from "playwright-core";
import type { TestProject } from "vitest/node";
import { findChromium } from "../../local/chromium.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** Where a test connects to Chromium. */
    chromiumEndpoint: string;
  }
}

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
