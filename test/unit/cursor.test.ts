import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeCursor, encodeCursor } from "../../src/lib/cursor.ts";

describe("a cursor", () => {
  it("decodes to the sort key that it was made of", () => {
    const part = fc.oneof(fc.string({ unit: "grapheme" }), fc.integer(), fc.boolean());
    fc.assert(
      fc.property(fc.array(part), (key) => {
        expect(decodeCursor(encodeCursor(key))).toEqual(key);
      }),
    );
  });

  it("needs no escaping in a URL", () => {
    const key = fc.array(fc.string({ unit: "grapheme" }));
    fc.assert(fc.property(key, (parts) => /^[\w-]+$/.test(encodeCursor(parts))));
  });

  it("is refused when it is anything else", () => {
    const encode = (text: string) => btoa(text);
    const others = ["", "%", "é", "bm90IGpzb24", encode('{"a":1}'), encode("null"), encode("\xff")];
    for (const text of others) expect(decodeCursor(text)).toBeUndefined();
  });

  it("never makes the parser throw", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const key = decodeCursor(text);
        return key === undefined || Array.isArray(key);
      }),
    );
  });
});
