import { expect, it } from "vitest";
import { findUnkeptNumber } from "../../src/http/json-numbers.ts";

const codeOf = (number: string) => findUnkeptNumber(`{"metadata":{"n":${number}}}`)?.code;

it.each([
  "0",
  "-0",
  "1",
  "0.1",
  "1e3",
  "1E+21",
  "100000000000000000000",
  "9007199254740992",
  "0e999",
])("%s is accepted", (number) => expect(codeOf(number)).toBeUndefined());

it.each(["1e400", "-1e400", "1e-400", "9007199254740993", "123456789012345678901", "1.5e-999"])(
  "%s is refused",
  (number) => expect(codeOf(number)).toBe("unkept_number"),
);

it("A number of hundreds of thousands of zeros is read once", () => {
  const zeros = "0".repeat(250_000);
  expect(codeOf(`1${zeros}1e-249980`)).toBe("unkept_number");
  expect(codeOf(`1${zeros}e-249980`)).toBeUndefined();
  expect(findUnkeptNumber(`[0.${zeros}1e-1]`)?.pointer).toBe("/0");
});
