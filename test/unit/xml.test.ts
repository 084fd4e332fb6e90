import { describe, expect, it } from "vitest";
import { readXml } from "../../src/lib/read-xml.ts";
import { childrenOf, childText } from "../../src/lib/xml.ts";

describe("a small XML document", () => {
  it("is its elements and their text, whatever surrounds them", () => {
    const root = readXml(
      `<?xml version="1.0"?>\n<!-- a note --><List xmlns="urn:x"><Item n='1'>a &amp; b &#x1D4B3;</Item><Item/><Other><![CDATA[<c>]]></Other></List>\n`,
    );
    expect(root?.name).toBe("List");
    const items = root && childrenOf(root, "Item").map(({ text }) => text);
    expect(items).toEqual(["a & b 𝒳", ""]);
    expect(root && childText(root, "Other")).toBe("<c>");
    expect(root && childText(root, "None")).toBeUndefined();
  });

  it.each([
    ["nothing", ""],
    ["text", "Service Unavailable"],
    ["cut off", "<List><Item>a</Item><It"],
    ["cut off between two elements", "<List><Item>a</Item>"],
  ])("is none where it is %s", (_what, text) => {
    expect(readXml(text)).toBeUndefined();
  });

  it("expands no entity of its own", () => {
    const bomb = `<!DOCTYPE a [<!ENTITY b "bbbb"><!ENTITY c "&b;&b;">]><a>&c;&c;</a>`;
    expect(readXml(bomb)?.text).toBe("&c;&c;");
  });
});
