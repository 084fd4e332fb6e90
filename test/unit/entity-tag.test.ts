import { describe, expect, it } from "vitest";
import { entityTag, hasVersion, readIfMatch } from "../../src/http/entity-tag.ts";

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

describe("If-None-Match", () => {
  it("matches a version by its tag, weak or strong, in a list or alone", () => {
    for (const header of ['"3"', 'W/"3"', '"1", W/"3"', "*"])
      expect(hasVersion(header, 3)).toBe(true);
    for (const header of [undefined, '"4"', '"33"', '"1,3"']) {
      expect(hasVersion(header, 3)).toBe(false);
    }
  });

  it.each(malformed)("is refused as %j", (header) => {
    expect(() => hasVersion(header, 3)).toThrow("malformed_header");
  });

  it("is parsed in linear time however long it is", () => {
    const header = `"a"${" ".repeat(30_000)}x`;
    expect(() => hasVersion(header, 3)).toThrow("malformed_header");
  });
});
