import { describe, expect, it } from "vitest";
import { fingerprintOf, parseKey } from "../../src/http/idempotency-key.ts";

describe("a key", () => {
  it.each([
    ["a", "a"],
    ["7f9c2ba4-e88f-4b1d-9c0a-2f6d1f3a5b7e", "7f9c2ba4-e88f-4b1d-9c0a-2f6d1f3a5b7e"],
    ['"quoted"', "quoted"],
    ['""inner""', '"inner"'],
    ['"half', '"half'],
    ['"', '"'],
    ["!~,;=%", "!~,;=%"],
    ["k".repeat(255), "k".repeat(255)],
    [`"${"k".repeat(255)}"`, "k".repeat(255)],
  ])("%j is %j", (header, key) => {
    expect(parseKey(header)).toBe(key);
  });

  it.each(["", '""', "two words", "one, two", "tab\there", "é", "\x7f", "k".repeat(256), '" "'])(
    "is not %j",
    (header) => {
      expect(() => parseKey(header)).toThrow("malformed_header");
    },
  );
});

const asked = {
  route: "POST /chats/{id}/messages",
  parameters: { id: "01936c2e-9a40-7c1e-b2d4-5f3a8e7d6c10" },
  body: { content: "Hello", metadata: { a: 1, b: { c: [1, 2], d: null } } },
};

const withBody = (body: Record<string, unknown>) =>
  fingerprintOf({ ...asked, body: { ...asked.body, ...body } });

describe("two requests are the same", () => {
  it.each([
    ["in any response format", { stream: true }],
    ["whether a field is null or absent", { model: null, file_name: undefined }],
    ["with members in any order", { metadata: { b: { d: null, c: [1, 2] }, a: 1 } }],
  ])("%s", async (_, body) => {
    expect(await withBody(body)).toBe(await fingerprintOf(asked));
  });

  it("with ids in capitals and in lower case", async () => {
    const parameters = { id: asked.parameters.id.toUpperCase() };
    expect(await fingerprintOf({ ...asked, parameters })).toBe(await fingerprintOf(asked));
  });
});

describe("two requests are different", () => {
  it.each([
    ["with another text", { content: "hello" }],
    ["with another model", { model: "gpt-4.1" }],
    ["with a null inside of what is stored", { metadata: { a: 1, b: { c: [1, 2] } } }],
    ["with a list in another order", { metadata: { a: 1, b: { c: [2, 1], d: null } } }],
    ["with a number in place of a text", { metadata: { a: "1", b: { c: [1, 2], d: null } } }],
    ["with a member of an awkward name", { metadata: JSON.parse('{"__proto__":{"a":1}}') }],
  ])("%s", async (_, body) => {
    expect(await withBody(body)).not.toBe(await fingerprintOf(asked));
  });

  it("on another route, or for another object", async () => {
    const first = await fingerprintOf(asked);
    expect(await fingerprintOf({ ...asked, route: "POST /messages" })).not.toBe(first);
    expect(await fingerprintOf({ ...asked, parameters: {} })).not.toBe(first);
  });
});

describe("a fingerprint", () => {
  it("is a hash, and contains nothing of the body", async () => {
    expect(await fingerprintOf(asked)).toMatch(/^[\w-]{43}$/);
  });
});
