import { describe, expect, it } from "vitest";
import {
  contentTag,
  entityTag,
  hasTag,
  readIfMatch,
  readKnownVersions,
} from "../../src/http/entity-tag.ts";

const malformed = ["", "3", '"3', "W/3", '"3" "4"', '"3";', 'w/"3"', '"a"b"', "*, *", ","];

describe("If-Match", () => {
  it("matches every version when it is absent or a star", () => {
    expect(readIfMatch(undefined)).toBeUndefined();
    expect(readIfMatch(" * ")).toBeUndefined();
  });

  it("matches the versions of its list", () => {
    expect(readIfMatch(entityTag(3))).toEqual([3]);
    expect(readIfMatch('"3", "12" ,"4"')).toEqual([3, 12, 4]);
    expect(readIfMatch(', "3",,"4",')).toEqual([3, 4]);
  });

  it("compares strongly, and matches nothing that was never a version", () => {
    expect(readIfMatch('W/"3"')).toEqual([]);
    expect(readIfMatch('"", "a,b", "03", "-1", "3.0", "99999999999"')).toEqual([]);
  });

  it.each(malformed)("is refused as %j", (header) => {
    expect(() => readIfMatch(header)).toThrow("malformed_header");
  });
});

describe("If-None-Match of a version", () => {
  it("names versions by their tags, weak or strong, in a list or alone", () => {
    for (const header of ['"3"', 'W/"3"']) expect(readKnownVersions(header)).toEqual([3]);
    expect(readKnownVersions('"1", W/"3"')).toEqual([1, 3]);
    expect(readKnownVersions(" * ")).toBe("any");
    for (const header of [undefined, '"1,3"', 'W/"a"', '"03"', '"99999999999"']) {
      expect(readKnownVersions(header)).toEqual([]);
    }
  });

  it("is compared with a bounded number of versions", () => {
    const header = Array.from({ length: 500 }, (_, i) => `"${i + 1}"`).join(", ");
    expect(readKnownVersions(header)).toHaveLength(10);
  });

  it.each(malformed)("is refused as %j", (header) => {
    expect(() => readKnownVersions(header)).toThrow("malformed_header");
  });

  it("is parsed in linear time however long it is", () => {
    const header = `"a"${" ".repeat(30_000)}x`;
    expect(() => readKnownVersions(header)).toThrow("malformed_header");
  });
});

describe("If-None-Match of a content", () => {
  it("matches the same content alone, weakly", async () => {
    const tag = await contentTag([{ id: 1, name: "a" }]);
    expect(tag).toMatch(/^W\/"[\w-]{43}"$/);
    expect(await contentTag([{ id: 1, name: "a" }])).toBe(tag);
    const others = await Promise.all([contentTag([{ id: 1, name: "b" }]), contentTag([])]);
    for (const header of [tag, tag.slice(2), `"x", ${tag}`, "*"])
      expect(hasTag(header, tag)).toBe(true);
    for (const header of [undefined, ...others, '"3"']) expect(hasTag(header, tag)).toBe(false);
  });

  it.each(malformed)("is refused as %j", (header) => {
    expect(() => hasTag(header, 'W/"x"')).toThrow("malformed_header");
  });
});
