import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addressKeyOf } from "../../src/limits/client-address.ts";

describe("the address of a client", () => {
  it("is one key per IPv4 address", () => {
    fc.assert(fc.property(fc.ipV4(), (address) => addressKeyOf(address) === address));
  });

  it("is one key per /64 of IPv6, in any spelling", () => {
    const key = "2001:db8:1:2::/64";
    for (const address of [
      "2001:db8:1:2::1",
      "2001:db8:1:2:ffff:ffff:ffff:ffff",
      "2001:0DB8:0001:0002:0:0:0:9",
      "2001:db8:1:2:0:0:192.0.2.1",
      "2001:db8:1:2::",
    ]) {
      expect(addressKeyOf(address)).toBe(key);
    }
    expect(addressKeyOf("2001:db8:1:3::1")).not.toBe(key);
    expect(addressKeyOf("::1")).toBe("0:0:0:0::/64");
    expect(addressKeyOf("fe80::1")).toBe("fe80:0:0:0::/64");
  });

  it("is the IPv4 address that an IPv6 address maps", () => {
    expect(addressKeyOf("::ffff:192.0.2.1")).toBe("192.0.2.1");
    expect(addressKeyOf("::ffff:c000:201")).toBe("192.0.2.1");
  });

  it("is unknown for what is no address", () => {
    for (const text of [
      null,
      "",
      "localhost",
      "1.2.3.4, 5.6.7.8",
      "[::1]",
      "::1]/",
      "1.2.3.4:80",
    ]) {
      expect(addressKeyOf(text)).toBe("unknown");
    }
    fc.assert(fc.property(fc.string(), (text) => typeof addressKeyOf(text) === "string"));
    fc.assert(fc.property(fc.ipV6(), (address) => addressKeyOf(address) !== "unknown"));
  });
});
