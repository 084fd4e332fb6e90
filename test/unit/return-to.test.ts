import { describe, expect, it } from "vitest";
import { parseReturnTo, withParameter } from "../../src/features/auth/oidc/return-to.ts";

const OWN = "https://api.firm.example";
const PAGE = "https://app.firm.example:8443";
const allowed = { own: OWN, origins: [PAGE, "http://localhost:3000"], loopback: false };

const parse = (text: string) => parseReturnTo(text, allowed);

describe("where a browser may return to", () => {
  it("is an own path, or a page of an allowed origin", () => {
    const urls: [string, string][] = [
      ["/", `${OWN}/`],
      ["/docs?a=b&c=%2F%2Fevil.example#top", `${OWN}/docs?a=b&c=%2F%2Fevil.example#top`],
      ["/a/../b", `${OWN}/b`],
      ["/@user", `${OWN}/@user`],
      ["/a//b", `${OWN}/a//b`],
      ["/straße", `${OWN}/stra%C3%9Fe`],
      [OWN, `${OWN}/`],
      [`${OWN}/docs`, `${OWN}/docs`],
      [PAGE, `${PAGE}/`],
      [`${PAGE}/welcome?to=me@firm.example`, `${PAGE}/welcome?to=me@firm.example`],
      ["HTTPS://APP.firm.example:8443/x", `${PAGE}/x`],
      ["http://localhost:3000/", "http://localhost:3000/"],
    ];
    for (const [text, url] of urls) expect(parse(text), text).toBe(url);
  });

  it("is nothing else, however it is written", () => {
    const attacks = [
      "",
      "evil.example",
      "https://evil.example/",
      "//evil.example",
      "///evil.example",
      "////evil.example",
      "/\\evil.example",
      "\\/evil.example",
      "\\\\evil.example",
      "/\t/evil.example",
      "/\n/evil.example",
      "\t//evil.example",
      " //evil.example",
      " https://evil.example",
      "/%2f%2fevil.example",
      "/%2Fevil.example",
      "/%5cevil.example",
      "/%5Cevil.example",
      "/.//evil.example",
      "/x/..//evil.example",
      "/./%2fevil.example",
      "https:evil.example",
      "https:/evil.example",
      "https:///evil.example",
      "http:app.firm.example",
      `https://api.firm.example@evil.example/`,
      `https://app.firm.example:8443@evil.example/`,
      `https://user:password@app.firm.example:8443/`,
      `https://@app.firm.example:8443/`,
      `${OWN}.evil.example/`,
      `${OWN}%2eevil.example/`,
      `${OWN}\\.evil.example/`,
      `${OWN}\\@evil.example/`,
      "https://app.firm.example/",
      "http://app.firm.example:8443/",
      "https://app.firm.example:8444/",
      "https://evil.example/https://app.firm.example:8443",
      "https://evil.example#https://app.firm.example:8443",
      "https://evil.example?https://app.firm.example:8443",
      "https://app.firm.example:8443\u0000.evil.example",
      "https://app.firm.example\u200b:8443/",
      "https://аpp.firm.example:8443/",
      "javascript:alert(1)",
      "data:text/html,hello",
      "file:///etc/passwd",
      "ftp://app.firm.example:8443/",
      "http://127.0.0.1:9000/",
      "http://[::1]:9000/",
      "null",
      "https://[",
      `/${"a".repeat(2_000)}`,
    ];
    for (const text of attacks) expect(parse(text), JSON.stringify(text)).toBeUndefined();
  });

  it("is any port of this machine for a native client, by its address alone", () => {
    const native = (text: string) => parseReturnTo(text, { ...allowed, loopback: true });
    expect(native("http://127.0.0.1:51004/done")).toBe("http://127.0.0.1:51004/done");
    expect(native("http://[::1]:51004/done")).toBe("http://[::1]:51004/done");
    for (const text of [
      "http://127.0.0.1/",
      "http://localhost:9000/",
      "http://127.0.0.2:9000/",
      "http://127.0.0.1.evil.example:9000/",
      "http://127.0.0.1:9000@evil.example/",
      "https://127.0.0.1:9000/",
      "http://[::2]:9000/",
    ]) {
      expect(native(text), text).toBeUndefined();
    }
  });

  it("keeps its query and fragment when a parameter is added", () => {
    const url = withParameter(`${PAGE}/a?b=c&code=old#d`, "code", "x&y=z");
    expect(url).toBe(`${PAGE}/a?b=c&code=x%26y%3Dz#d`);
  });
});
