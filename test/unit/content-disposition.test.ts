import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attachment } from "../../src/http/content-disposition.ts";
import { codePointLength } from "../../src/lib/code-points.ts";

describe("the name of a download", () => {
  it("is sent twice: in ASCII, and unchanged", () => {
    expect(attachment("Mietvertrag § 551 – Kaution", "json")).toBe(
      `attachment; filename="Mietvertrag _ 551 _ Kaution.json"; filename*=UTF-8''Mietvertrag%20%C2%A7%20551%20%E2%80%93%20Kaution.json`,
    );
  });

  it("contains nothing that a file system refuses or that could break a header", () => {
    expect(attachment('../../etc/"pass"\\wd;\r\nX: y\0', "md")).toContain(
      'filename="etc pass wd; X y.md"',
    );
    expect(attachment("‮gpj.exe", "md")).toContain('filename="gpj.exe.md"');
  });

  it("is never empty", () => {
    expect(attachment(" .. ", "md")).toContain('filename="download.md"');
    expect(attachment("///", "md")).toContain("filename*=UTF-8''download.md");
  });

  it("can be sent whatever its characters, and is short", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), (name) => {
        const header = attachment(name, "md");
        expect(header).toMatch(
          /^attachment; filename="[ -~]{1,103}"; filename\*=UTF-8''[\w.%!#$&+^`|~-]+$/,
        );
        const encoded = header.slice(header.indexOf("''") + 2);
        expect(codePointLength(decodeURIComponent(encoded))).toBeLessThanOrEqual(103);
      }),
    );
  });
});
