/** A person's browser: real, with cookies and storage of the test's own. */
import { chromium, type BrowserContext, type Page } from "playwright-core";
import { expect, inject, onTestFinished } from "vitest";

export type Visitor = {
  context: BrowserContext;
  /** Opens a URL in a new tab. */
  open: (url: string) => Promise<Page>;
  /** The values of the cookies that the browser sends to a URL, by name. */
  cookiesOf: (url: string) => Promise<Record<string, string>>;
  /** Errors of the console that this test is about; all others fail it. */
  expectErrors: (...patterns: RegExp[]) => void;
};

/** Shorter than the timeout of a test, so that its failure names the element that was missing. */
const WAIT_MS = 30_000;

/**
 * A browser without any cookie. When the test has finished it is closed, and errors on the console of its
 * pages fail the test.
 */
export async function newVisitor(): Promise<Visitor> {
  const browser = await chromium.connect(inject("chromiumEndpoint"));
  const context = await browser.newContext();
  context.setDefaultTimeout(WAIT_MS);
  const errors = errorsOf(context);
  const expected: RegExp[] = [];
  onTestFinished(async () => {
    await browser.close();
    const surprising = errors.filter((text) => !expected.some((pattern) => pattern.test(text)));
    expect(surprising, "errors on the console").toEqual([]);
  });
  return {
    context,
    open: async (url) => {
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    cookiesOf: async (url) => {
      const cookies = await context.cookies(url);
      return Object.fromEntries(cookies.map(({ name, value }) => [name, value]));
    },
    expectErrors: (...patterns) => void expected.push(...patterns),
  };
}

/** What its pages report, from now on: failed requests and violated policies, and exceptions. */
function errorsOf(context: BrowserContext): string[] {
  const errors: string[] = [];
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(`${message.text()} (${message.location().url})`);
  });
  context.on("weberror", (thrown) => errors.push(thrown.error().message));
  return errors;
}

/** Resolves once an element shows this text. */
export async function expectText(page: Page, selector: string, text: string): Promise<void> {
  await expect.poll(() => page.locator(selector).textContent()).toBe(text);
}
