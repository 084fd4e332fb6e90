import { expect, it } from "vitest";
import { framesOf } from "../../src/lib/log.ts";

function thrownBy(act: () => unknown): Error {
  try {
    act();
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error("it has thrown no error");
}

it("The frames of an error name where it was thrown, and hold nothing of its message", () => {
  const texts = ['{"title": my secret}', "my secret\n    at my secret", "my secret $& $1 \\ (.*"];
  const errors = [
    thrownBy(() => JSON.parse(texts[0] ?? "")),
    ...texts.map((text) => new Error(text)),
  ];
  for (const error of errors) {
    expect(error.stack).toContain("my secret");
    expect(framesOf(error)).not.toContain("my secret");
    expect(framesOf(error)).toMatch(/^ {4}at .*log\.test\.ts:\d+/m);
  }
});

it("An error without frames has none", () => {
  const error = new Error("my secret");
  delete error.stack;
  expect(framesOf(error)).toBe("");
});
