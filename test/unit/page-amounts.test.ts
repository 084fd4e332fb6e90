import { describe, expect, it } from "vitest";
import { countryName, deviceName } from "../../web/account/device-name.ts";
import { formatMoney, isUsedUp } from "../../web/usage/amounts.ts";
import { daysOf, lastDays, toQuery } from "../../web/usage/period.ts";

describe("money in the page", () => {
  it.each([
    ["0", "$0.00"],
    ["0.000000", "$0.00"],
    ["12.5", "$12.50"],
    ["1204.500000", "$1,204.50"],
    ["1234567.123456789012", "$1,234,567.123456789012"],
    // More digits than a float has.
    ["99999999999999999999.01", "$99,999,999,999,999,999,999.01"],
    ["-0.5", "-$0.50"],
  ])("keeps every digit of %s", (amount, text) => expect(formatMoney(amount)).toBe(text));

  it("is used up at zero and below, and not by the smallest amount above", () => {
    expect(["0", "0.000000", "-1", "-0.1"].map(isUsedUp)).toEqual([true, true, true, true]);
    expect(["0.000000000001", "1", "10"].map(isUsedUp)).toEqual([false, false, false]);
  });
});

describe("the days of a report in the page", () => {
  it("are those of UTC, today included, and the day after the last is where the API ends", () => {
    const late = Date.parse("2026-03-01T23:30:00-05:00");
    expect(lastDays(3, late)).toEqual({ from: "2026-02-28", to: "2026-03-02" });
    expect(toQuery({ from: "2026-02-01", to: "2026-02-28" })).toEqual({
      from: "2026-02-01",
      to: "2026-03-01",
    });
    expect(daysOf({ from: "2026-02-27", to: "2026-03-01" })).toEqual([
      "2026-02-27",
      "2026-02-28",
      "2026-03-01",
    ]);
    expect(daysOf({ from: "2026-03-01", to: "2026-02-01" })).toEqual([]);
  });
});

describe("a device in the page", () => {
  it.each([
    ["Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox on Linux"],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0",
      "Edge on Windows",
    ],
    [
      "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 Version/19.0 Safari/604.1",
      "Safari on an iPhone",
    ],
    ["curl/8.9.1", "curl/8.9.1"],
    [null, "Unknown device"],
  ])("is named by its browser and system: %s", (userAgent, name) =>
    expect(deviceName(userAgent)).toBe(name),
  );

  it("is in a country, or in whatever code was sent", () => {
    expect(["CH", "T1", "not a code"].map(countryName)).toEqual([
      "Switzerland",
      "T1",
      "not a code",
    ]);
  });
});
