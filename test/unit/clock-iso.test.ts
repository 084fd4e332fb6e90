import { expect, it } from "vitest";
import { toIso } from "../../src/lib/clock.ts";

it.each([
  ["2026-11-23 10:20:30.456+00", "2026-11-23T10:20:30.456Z"],
  ["2026-11-23 10:20:30.4+00", "2026-11-23T10:20:30.400Z"],
  ["2026-11-23 10:20:30+00", "2026-11-23T10:20:30.000Z"],
  ["2026-11-23 10:20:30.456789+00", "2026-11-23T10:20:30.456Z"],
  ["2026-11-23 10:20:30.456+01", "2026-11-23T09:20:30.456Z"],
  ["2026-11-23T10:20:30Z", "2026-11-23T10:20:30.000Z"],
  ["2026-11-23T10:20:30.5+02:00", "2026-11-23T08:20:30.500Z"],
])("writes the time %s as ISO 8601 in UTC with milliseconds", (text, expected) => {
  expect(toIso(text)).toBe(expected);
  expect(toIso(new Date(text))).toBe(expected);
});

it.each(["2026-13-23 10:20:30+00", "", "soon"])("refuses %j, which is no time", (text) => {
  expect(() => toIso(text)).toThrow(RangeError);
});
