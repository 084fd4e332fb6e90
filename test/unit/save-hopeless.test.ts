import { NeonDbError } from "@neondatabase/serverless";
import { expect, it } from "vitest";
import { isHopeless } from "../../src/features/turns/room/save.ts";

const HOUR_MS = 60 * 60_000;

function refusal(code: string): Error {
  const cause = new NeonDbError("refused");
  cause.code = code;
  return new Error("Failed query", { cause });
}

it.each(["22P05", "22003", "23514", "54000", "P0001"])("%s is permanent", (code) => {
  expect(isHopeless(refusal(code), 0, 1)).toBe(true);
});

it.each(["42P01", "42501", "XX000"])("%s may pass within an hour", (code) => {
  expect(isHopeless(refusal(code), 0, HOUR_MS)).toBe(false);
  expect(isHopeless(refusal(code), 0, HOUR_MS + 1)).toBe(true);
});

it.each(["", "08006", "25006", "28P01", "40P01", "53300", "57P01", "58030"])(
  "%j is transient",
  (code) => {
    expect(isHopeless(refusal(code), 0, 1_000 * HOUR_MS)).toBe(false);
  },
);

it("What is no error of Postgres is a bug of ours, and permanent", () => {
  expect(isHopeless(new RangeError("not an integer"), 0, 1)).toBe(true);
});
