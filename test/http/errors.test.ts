import { beforeAll, describe, expect, it } from "vitest";
import { anonymous, type Client, expectProblem, type SignedIn, signUp } from "../support/client.ts";
import { injectFault } from "../support/postgres.ts";

const nobody: Client = anonymous();
let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("a body", () => {
  it("that is not JSON is refused as malformed", async () => {
    for (const body of ["{", "{'a':1}", '{"title":"x"', "undefined", '{"title":01}']) {
      expectProblem(await ada.post("/chats", body), 400, "malformed_json");
    }
  });

  it("that is not UTF-8 is refused, not repaired", async () => {
    const bytes = new Uint8Array([
      ...new TextEncoder().encode('{"title":"'),
      0xc3,
      0x28,
      0x22,
      0x7d,
    ]);
    expectProblem(await ada.post("/chats", bytes), 400, "invalid_encoding");
  });

  it("with text that cannot be stored is refused, and the field is named", async () => {
    for (const title of ['"a\\u0000b"', '"\\ud800"', '"x\\udfff"']) {
      const response = await ada.post("/chats", `{"title":${title}}`);
      expectProblem(response, 422, "validation_failed", "/title");
      expect(response.body.errors[0].code).toBe("invalid_text");
    }
    const nested = '{"content":"x","metadata":{"a":[{"b/c":"\\u0000"}]}}';
    expectProblem(await ada.post("/chat", nested), 422, "validation_failed", "/metadata/a/0/b~1c");
    const lost = '{"content":"x","metadata":{"__proto__":{"a":1}}}';
    expectProblem(await ada.post("/chat", lost), 422, "validation_failed", "/metadata");
  });

  it("with unknown fields is refused, and each is named", async () => {
    const response = await ada.post("/chats", { title: "x", user_id: "me", "a/b": 1 });
    expectProblem(response, 422, "validation_failed", "/user_id");
    expect(response.body.errors).toContainEqual({
      pointer: "/a~1b",
      code: "unknown_field",
      detail: "There is no such field.",
    });
  });

  it("of another type is refused, even if it contains JSON: a cross-site form could send it", async () => {
    const types = ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""];
    for (const type of [...types, "application/json; charset=latin1", "application/jsonx"]) {
      const response = await ada.post("/chats", '{"title":"x"}', { "content-type": type });
      expectProblem(response, 415, "unsupported_media_type");
    }
    const utf8 = { "content-type": "application/json; charset=utf-8" };
    expect((await ada.post("/chats", '{"title":"x"}', utf8)).status).toBe(201);
  });

  it("may be absent where no field is required, whatever the content type says", async () => {
    for (const type of ["application/json", "text/plain"]) {
      expect((await ada.post("/chats", "", { "content-type": type })).status).toBe(201);
    }
    expect((await ada.post("/chats")).status).toBe(201);
    expectProblem(await ada.post("/chat"), 422, "validation_failed", "/content");
  });

  it("that is too large is refused, by its Content-Length and by its bytes", async () => {
    const large = JSON.stringify({ title: "x".repeat(300 * 1024) });
    expectProblem(await ada.post("/chats", large), 413, "body_too_large");
    const init: RequestInit & { duplex: "half" } = {
      method: "POST",
      body: new Blob([large]).stream(),
      headers: { "content-type": "application/json" },
      duplex: "half",
    };
    const response = await ada.fetch("/chats", init);
    expect(response.status).toBe(413);
  });

  it("that is nested too deeply is refused", async () => {
    const deep = `{"content":"x","metadata":{"a":${"[".repeat(5_000)}${"]".repeat(5_000)}}}`;
    const response = await ada.post("/chat", deep);
    expectProblem(response, 422, "validation_failed");
    expect(response.body.errors[0].code).toBe("too_deep");
  });

  it("with the server's own keys in its metadata is refused", async () => {
    const response = await ada.post("/chat", { content: "x", metadata: { usage: {} } });
    expectProblem(response, 422, "reserved_key", "/metadata/usage");
  });

  it("with null for an optional field is like one without it", async () => {
    const { status, body } = await ada.post("/chats", { title: null, auto_title: null });
    expect({ status, title: body.title }).toEqual({ status: 201, title: "New Chat" });
  });

  it("with a message that is blank or too long is refused, counted in code points", async () => {
    for (const [content, code] of [
      ["", "blank"],
      [" \n", "blank"],
      ["𝒳".repeat(32_001), "too_long"],
    ]) {
      const response = await ada.post("/chat", { content });
      expectProblem(response, 422, "validation_failed", "/content");
      expect(response.body.errors[0].code).toBe(code);
    }
    const longest = await ada.post("/chat", { content: "𝒳".repeat(32_000) });
    expect(longest.status).toBe(200);
  });
});

describe("a path", () => {
  it("that does not exist is 404, signed in or not", async () => {
    for (const client of [nobody, ada]) {
      for (const path of ["/nothing", "/chats/x/y/z", "/Chats", "/chats/"]) {
        expectProblem(await client.get(path), 404, "route_not_found");
      }
    }
  });

  it("names its methods to a request with another", async () => {
    const response = await nobody.delete("/chats");
    expectProblem(response, 405, "method_not_allowed");
    expect(response.headers.get("allow")?.split(", ").toSorted()).toEqual([
      "GET",
      "HEAD",
      "OPTIONS",
      "POST",
    ]);
  });

  it("answers HEAD as GET, without a body", async () => {
    const response = await ada.fetch("/chats", { method: "HEAD" });
    expect(response.status).toBe(200);
    expect(await response.text()).toBe("");
  });

  it("says so when it has no accepted format", async () => {
    expectProblem(await ada.get("/chats", { accept: "image/png" }), 406, "not_acceptable");
    expectProblem(
      await ada.get("/chats", { accept: "application/json;q=0" }),
      406,
      "not_acceptable",
    );
    for (const accept of ["application/*", "text/html, */*;q=0.1", "APPLICATION/JSON"]) {
      expect((await ada.get("/chats", { accept })).status).toBe(200);
    }
  });

  it("ignores unknown query parameters", async () => {
    expect((await ada.get("/chats?nothing=1&limit=1")).status).toBe(200);
  });

  it("refuses a query that is not UTF-8, and accepts a literal percent sign", async () => {
    for (const search of ["%ff", "%c3%28", "a%ed%a0%80"]) {
      expectProblem(await ada.get(`/chats?search=${search}`), 400, "invalid_encoding");
    }
    for (const search of ["100%", "%zz", "%e2%9a%96"]) {
      expect((await ada.get(`/chats?search=${search}`)).status).toBe(200);
    }
  });
});

describe("a header", () => {
  it("that is far too large is refused", async () => {
    const response = await nobody
      .get("/health/live", { "x-large": "x".repeat(40 * 1024) })
      .catch(() => undefined);
    expect([431, undefined]).toContain(response?.status);
  });
});

describe("every response", () => {
  it("has a request id of its own, which a problem repeats", async () => {
    const [one, two] = [await nobody.get("/nothing"), await nobody.get("/health/live")];
    expect(one.body.request_id).toBe(one.headers.get("x-request-id"));
    expect(two.headers.get("x-request-id")).not.toBe(one.body.request_id);
    expect(one.body).toMatchObject({
      type: "urn:indifly:problem:route_not_found",
      instance: "/nothing",
      status: 404,
    });
  });

  it("tells browsers to run nothing, sniff nothing and store nothing", async () => {
    for (const path of ["/health/live", "/nothing", "/chats"]) {
      const { headers } = await nobody.get(path);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("default-src 'none'");
      expect(headers.get("referrer-policy")).toBe("no-referrer");
      expect(headers.get("cross-origin-resource-policy")).toBe("same-site");
      expect(headers.get("cache-control")).toBe("private, no-store");
    }
  });
});

describe("when Postgres is down", () => {
  it("a call says when to retry, and exposes nothing of the upstream's text", async () => {
    for (const kind of ["refuse", "status"] as const) {
      const restore = await injectFault({ contains: ada.user.id, times: 100, kind, status: 502 });
      const responses = [
        await ada.get("/chats"),
        await ada.post("/chats", {}),
        await ada.get("/users/me"),
      ];
      await restore();
      for (const response of responses) {
        expectProblem(response, 503, "database_unavailable");
        expect(response.headers.get("retry-after")).toMatch(/^\d+$/);
        expect(JSON.stringify(response.body)).not.toMatch(/secret|select|insert|neon/i);
      }
    }
  });

  it("for one call only, it is retried, and nothing takes effect twice", async () => {
    for (const kind of ["refuse", "cut_after_commit"] as const) {
      const eve = await signUp();
      await injectFault({ contains: eve.user.id, times: 1, kind });
      expect((await eve.post("/chats", { title: "Once" })).status).toBe(201);
      expect((await eve.get("/chats")).body.total).toBe(1);
    }
  });
});
