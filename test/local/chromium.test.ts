import { expect, it } from "vitest";
import { findChromium } from "../../local/chromium.ts";

it("finds an installed Chromium, or the one that is named", () => {
  expect(findChromium(undefined, ["/nowhere/chromium", process.execPath])).toBe(process.execPath);
  expect(findChromium(process.execPath, [])).toBe(process.execPath);
});

it("says what to install where there is no Chromium", () => {
  expect(() => findChromium(undefined, ["/nowhere/chromium"])).toThrow(/apt-get install chromium/);
  expect(() => findChromium("/nowhere/chromium")).toThrow(/none at \/nowhere\/chromium/);
});
