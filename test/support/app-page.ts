/** The page of `/app` in a browser, which may load nothing from elsewhere and break no policy. */
import axe from "axe-core";
import { join } from "node:path";
import { mkdir } from "node:fs/promises";
import type { BrowserContext, Page } from "playwright-core";
import { expect, onTestFinished } from "vitest";
import { newVisitor, type Visitor } from "./browser.ts";
import type { SignedIn } from "./client.ts";

const SCREENSHOTS = join(import.meta.dirname, "..", "..", "dist", "screenshots");

/** How the page learns that nobody is signed in. */
const SIGNED_OUT = /401 \(Unauthorized\).*\/users\/me/;

export type AppVisitor = Visitor & {
  /** Opens a path of the page, such as `/app/documents`, in a new tab. */
  openApp: (path?: string) => Promise<Page>;
  /** Signs in as a person, by the cookies that a sign-in sets. */
  signInAs: (person: Pick<SignedIn, "user" | "password">) => Promise<void>;
};

/**
 * A browser on the page of a Worker. Requests to other origins than its own and `alsoAllowed`, and violations of its
 * content security policy, fail the test, as errors on the console do.
 */
export async function newAppVisitor(
  origin: string,
  alsoAllowed: readonly string[] = [],
): Promise<AppVisitor> {
  const visitor = await newVisitor();
  visitor.expectErrors(SIGNED_OUT);
  const foreign = foreignRequestsOf(visitor.context, [origin, ...alsoAllowed]);
  const violations = await violationsOf(visitor.context);
  onTestFinished(() => {
    expect(foreign, "requests to other origins").toEqual([]);
    expect(violations, "violations of the content security policy").toEqual([]);
  });
  return {
    ...visitor,
    openApp: (path = "/app") => visitor.open(origin + path),
    signInAs: async ({ user, password }) => {
      const data = { email: user.email, password };
      const response = await visitor.context.request.post(`${origin}/auth/login`, { data });
      expect(response.status()).toBe(200);
    },
  };
}

function foreignRequestsOf(context: BrowserContext, allowed: readonly string[]): string[] {
  const foreign: string[] = [];
  context.on("request", (request) => {
    const { origin, protocol } = new URL(request.url());
    const isLocal = protocol === "data:" || protocol === "blob:";
    if (!isLocal && !allowed.includes(origin)) foreign.push(request.url());
  });
  return foreign;
}

async function violationsOf(context: BrowserContext): Promise<string[]> {
  const violations: string[] = [];
  await context.exposeFunction("reportViolation", (text: string) => violations.push(text));
  await context.addInitScript(`document.addEventListener("securitypolicyviolation", (event) =>
    reportViolation(event.violatedDirective + " " + event.blockedURI + " " + event.sample))`);
  return violations;
}

/** Fails where axe finds something serious in what a tab shows. */
export async function expectAccessible(page: Page): Promise<void> {
  // By the debugger, which no policy of the page stops.
  await page.evaluate(axe.source);
  const findings: Finding[] = await page.evaluate(
    "axe.run(document, { resultTypes: ['violations'] }).then(({ violations }) => violations)",
  );
  const serious = findings.filter(({ impact }) => impact === "serious" || impact === "critical");
  const shown = serious.map(({ id, nodes }) => ({ id, at: nodes.map(({ html }) => html) }));
  expect(shown, `${page.url()} for people with disabilities`).toEqual([]);
}

type Finding = { id: string; impact: string | null; nodes: { html: string }[] };

/** The widths that the page is looked at in: a small phone, and a desk. */
export const WIDTHS = { phone: 360, desk: 1440 } as const;

/** Keeps a picture of a tab in `dist/screenshots`, at a width and in a colour scheme. */
export async function keepScreenshot(
  page: Page,
  name: string,
  { width, scheme }: { width: keyof typeof WIDTHS; scheme: "light" | "dark" },
): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  await page.setViewportSize({ width: WIDTHS[width], height: 900 });
  // The first frame after the change may still be on its way.
  await page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))",
  );
  const path = join(SCREENSHOTS, `${name}-${width}-${scheme}.png`);
  await page.screenshot({ path, animations: "disabled" });
}

/** Made to be scrolled sideways, for what has a width of its own. */
const SIDEWAYS =
  ".table-scroll, .tabs, .code pre, .formula-block, .exchange pre, .wire-events, .pdf-scroller";

/** What can be scrolled sideways though it should not, each with the first element in it that is too wide. */
const FIND_TOO_WIDE = `[...document.querySelectorAll("*")]
  .filter((one) => one.scrollWidth > one.clientWidth)
  .filter((one) => one === document.documentElement || /auto|scroll/.test(getComputedStyle(one).overflowX))
  .filter((one) => !one.matches(${JSON.stringify(SIDEWAYS)}))
  .map((one) => {
    const edge = one.getBoundingClientRect().left + one.clientWidth;
    const inner = [...one.querySelectorAll("*")]
      .find((part) => part.getBoundingClientRect().right > edge && !part.closest(${JSON.stringify(SIDEWAYS)}));
    return [one, inner].map((element) => element?.cloneNode().outerHTML).join(" by ");
  })`;

/** Fails where a tab, its view or another part of it can be scrolled sideways, except for what is made for that. */
export async function expectNoSidewaysScroll(page: Page): Promise<void> {
  expect(await page.evaluate(FIND_TOO_WIDE), `is too wide in ${page.url()}`).toEqual([]);
}
