/** Files that a page offers to the person. */
import { buffer } from "node:stream/consumers";
import type { Page } from "playwright-core";

/** The name and the content of the file that an action makes a tab download. */
export async function downloadBy(
  page: Page,
  act: () => Promise<void>,
): Promise<{ name: string; bytes: Buffer }> {
  const downloading = page.waitForEvent("download");
  await act();
  const file = await downloading;
  // The browser runs elsewhere: its paths are none of this process.
  return { name: file.suggestedFilename(), bytes: await buffer(await file.createReadStream()) };
}
