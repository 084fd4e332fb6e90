import { describe, expect, it } from "vitest";
import { parseEmail, toEmailKey } from "../../src/features/auth/email.ts";

const keyOf = (text: string) => parseEmail(text)?.key;

describe("an e-mail address", () => {
  it.each([
    " ada@example.com",
    "ada@example.com\n",
    "\t\u00a0ada@example.com\u3000",
    "\ufeffada@example.com\u200b",
    "\u202aada@example.com\u202c",
  ])("is shown without invisible characters around it: %j", (text) => {
    expect(parseEmail(text)).toEqual({ shown: "ada@example.com", key: "ada@example.com" });
  });

  it.each([
    ["Ada.Example@EXAMPLE.com", "ada.example@example.com"],
    ["o'brien+law=1@example.co.uk", "o'brien+law=1@example.co.uk"],
    ["用户@例子.广告", "用户@xn--fsqu00a.xn--4rr70v"],
    ["अजय@डाटा.भारत", "अजय@xn--c2bd1gb.xn--h2brj9c"],
    ["квіточка@пошта.укр", "квіточка@xn--80a1acn3a.xn--j1amh"],
    ["θσερ@εχαμπλε.ψομ", "θσερ@xn--mxahbxey0c.xn--xxaf0a"],
    ["dörte@sörensen.example.com", "dörte@xn--srensen-90a.example.com"],
    ["коля@пример.рф", "коля@xn--e1afmkfd.xn--p1ai"],
    ["ada@faß.de", "ada@xn--fa-hia.de"],
    ["!#$%&'*+-/=?^_`{|}~@example.com", "!#$%&'*+-/=?^_`{|}~@example.com"],
    ["👩‍⚖️@example.com", "👩⚖️@example.com"],
    [`${"e".repeat(64)}@example.com`, `${"e".repeat(64)}@example.com`],
  ])("%s is accepted, and compared as %s", (text, key) => {
    expect(keyOf(text)).toBe(key);
  });

  it.each([
    ["dörte@example.com".normalize("NFC"), "DÖRTE@example.com".normalize("NFD")],
    ["ada@bücher.example", "ADA@xn--bcher-kva.EXAMPLE"],
    ["ada@bücher.example", "ada@BU\u0308CHER.example"],
    ["ada@example.com", "ａｄａ@ｅｘａｍｐｌｅ．com"],
    ["ada@例子.广告", "ada@例子。广告"],
    ["οδυσσευς@example.com", "ΟΔΥΣΣΕΥΣ@example.com"],
  ])("%s and %s are the same", (a, b) => {
    expect(keyOf(a)).toBeDefined();
    expect(keyOf(a)).toBe(keyOf(b));
  });

  it.each([
    ["ada@example.com", "adа@example.com"],
    ["strasse@example.com", "straße@example.com"],
    ["ada@fass.de", "ada@faß.de"],
  ])("%s and %s are different", (a, b) => {
    expect(keyOf(a)).toBeDefined();
    expect(keyOf(b)).toBeDefined();
    expect(keyOf(a)).not.toBe(keyOf(b));
  });

  it.each([
    "",
    " ",
    "ada",
    "ada@",
    "@example.com",
    "ada@example",
    "ada@@example.com",
    "a b@example.com",
    "a\u200bb@example.com",
    "a\u202eb@example.com",
    "a\u3000b@example.com",
    "a＠b@example.com",
    ".ada@example.com",
    "ada.@example.com",
    "a..b@example.com",
    "ada@-example.com",
    "ada@example-.com",
    "ada@exam_ple.com",
    "ada@example..com",
    "ada@example.com.",
    "ada@127.0.0.1",
    "ada@1.2",
    "ada@0x7f.1",
    "ada@[::1]",
    "ada@example.com:80",
    "ada@example.com/path",
    "ada@evil.example\\.com",
    "ada@ex%61mple.com",
    `ada@${"e".repeat(64)}.com`,
    `${"e".repeat(65)}@example.com`,
    `${"é".repeat(33)}@example.com`,
    `ada@${"example.".repeat(32)}com`,
    `${" ".repeat(2_000)}ada@example.com`,
  ])("%j is invalid", (text) => {
    expect(parseEmail(text)).toBeUndefined();
  });

  it("that is invalid is looked up as it is, in lower case", () => {
    expect(toEmailKey(" Not An Address ")).toBe("not an address");
  });
});
