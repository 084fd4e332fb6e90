import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codePointLength, divideText, firstCodePoints } from "../../src/lib/code-points.ts";
import {
  escapePointer,
  findUnstorable,
  isStorable,
  toStorable,
} from "../../src/lib/storable-text.ts";

/** Any text, broken surrogates included. */
const anyText = fc.string({ unit: "binary" });

describe("a text", () => {
  it("has its length in code points, not in UTF-16 units", () => {
    expect(codePointLength("")).toBe(0);
    expect(codePointLength("aé𝒳👩‍⚖️")).toBe(7);
    fc.assert(fc.property(anyText, (text) => codePointLength(text) === Array.from(text).length));
  });

  it("is cut between code points", () => {
    expect(firstCodePoints("𝒳𝒴𝒵", 2)).toBe("𝒳𝒴");
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.nat(10), (text, count) => {
        const start = firstCodePoints(text, count);
        return text.startsWith(start) && start.isWellFormed() && codePointLength(start) <= count;
      }),
    );
  });

  it("can be stored unless it contains a NUL or half of a surrogate pair", () => {
    expect(["", "𝒳", "\u2028", "a\tb"].every(isStorable)).toBe(true);
    expect(["\0", "a\0b", "\ud800", "x\udfff", "\udc00\ud800"].some(isStorable)).toBe(false);
  });
});

describe("a JSON value", () => {
  it("with text that cannot be stored is reported by the pointer to that text", () => {
    expect(findUnstorable("\0")?.pointer).toBe("");
    expect(findUnstorable({ a: [1, { "b/c~d": "\ud800" }] })).toMatchObject({
      pointer: "/a/1/b~1c~0d",
      code: "invalid_text",
    });
  });

  it("with a key that cannot be stored is reported by the object that has it", () => {
    expect(findUnstorable({ a: { "x\0": 1 } })?.pointer).toBe("/a");
  });

  it("with a key that would be lost on the way is reported by the object that has it", () => {
    expect(findUnstorable(JSON.parse('{"a":{"__proto__":{}}}'))).toMatchObject({
      pointer: "/a",
      code: "invalid_key",
    });
  });

  it("that can be stored is left alone, whatever it is", () => {
    const storable = fc.jsonValue().filter((value) => !JSON.stringify(value).includes("__proto__"));
    fc.assert(fc.property(storable, (value) => findUnstorable(value) === undefined));
  });

  it("is checked to a depth that overflows no stack", () => {
    const nested = (depth: number): unknown => JSON.parse("[".repeat(depth) + "]".repeat(depth));
    expect(findUnstorable(nested(64))).toBeUndefined();
    expect(findUnstorable(nested(65))?.code).toBe("too_deep");
    expect(findUnstorable(nested(100_000))?.code).toBe("too_deep");
  });
});

it("A key becomes one token of a JSON Pointer", () => {
  expect(escapePointer("a/b~c")).toBe("a~1b~0c");
  expect(escapePointer("~1")).toBe("~01");
});

describe("a text in pieces", () => {
  it("is the same when they are joined, and no piece is longer, or ends inside a pair", () => {
    const wellFormed = fc.string({ unit: "binary" }).map((text) => text.toWellFormed());
    fc.assert(
      fc.property(wellFormed, fc.integer({ min: 2, max: 9 }), (text, length) => {
        const pieces = divideText(text, length);
        expect(pieces.join("")).toBe(text);
        expect(pieces.every((piece) => piece.length <= length && piece.isWellFormed())).toBe(true);
      }),
    );
  });
});

it("Any text can be made storable, and a storable one is unchanged", () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const stored = toStorable(text);
      expect(isStorable(stored)).toBe(true);
      expect(stored === text).toBe(isStorable(text));
    }),
  );
});
