/** How a view of the page looks, for everybody. */
import type { Page } from "playwright-core";
import { expectAccessible, expectNoSidewaysScroll, keepScreenshot } from "./app-page.ts";

/** Keeps pictures on a phone and a desk, in light and dark; fails for findings of axe and where it is too wide. */
export async function expectLooks(page: Page, name: string): Promise<void> {
  for (const width of ["phone", "desk"] as const) {
    for (const scheme of ["light", "dark"] as const) {
      await keepScreenshot(page, name, { width, scheme });
      await expectAccessible(page);
      await expectNoSidewaysScroll(page);
    }
  }
}
