/**
 * How soon the page at `/app` paints, and how soon a person can write: in Chromium, without any cache.
 *
 *     npm run bench:page -- http://localhost:8787
 */
import { chromium, type Browser } from "playwright-core";
import { say } from "./report.ts";
import { findChromium } from "../local/chromium.ts";

const LOADS = 5;

/** Milliseconds. */
type Load = { paint: number; ready: number };

/** The button may be in the document before it is painted. The page's policy forbids to wait for it by `eval`. */
const FIRST_PAINT = `new Promise((resolve) => {
  const take = (list) => {
    const [entry] = list.getEntriesByName("first-contentful-paint");
    if (entry) resolve(entry.startTime);
  };
  new PerformanceObserver(take).observe({ type: "paint", buffered: true });
})`;

const [origin = "http://localhost:8787"] = process.argv.slice(2);
const browser = await chromium.launch({
  executablePath: findChromium(process.env.CHROMIUM),
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  const loads: Load[] = [];
  for (let count = 0; count < LOADS; count++) loads.push(await measure(browser));
  print(
    "first contentful paint",
    loads.map(({ paint }) => paint),
  );
  print(
    "the sign-in can be used",
    loads.map(({ ready }) => ready),
  );
} finally {
  await browser.close();
}

async function measure(browser: Browser): Promise<Load> {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(`${origin}/app`);
  await page.getByRole("button", { name: "Sign in" }).waitFor();
  const ready = await page.evaluate<number>("performance.now()");
  const paint = await page.evaluate<number>(FIRST_PAINT);
  await context.close();
  return { paint, ready };
}

function print(what: string, some: number[]): void {
  const [median = 0] = some.toSorted((a, b) => a - b).slice(Math.floor(some.length / 2));
  say(`${what}: ${Math.round(median)} ms (median of ${some.length})`);
}
