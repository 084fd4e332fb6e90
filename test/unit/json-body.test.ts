import { expect, it } from "vitest";
import { readJson } from "../../src/clients/model/json-body.ts";

it("A provider's body is read as JSON", async () => {
  expect(await readJson(new Response('{"text":"schön"}'))).toEqual({ text: "schön" });
});

it("A provider's body that is not JSON, cut, empty or far too long is refused", async () => {
  const MIB = "a".repeat(1024 * 1024);
  let pulled = 0;
  const endless = new ReadableStream({
    pull: (out) => (pulled++, out.enqueue(new TextEncoder().encode(MIB))),
  });
  await expect(readJson(new Response(endless))).rejects.toThrow(RangeError);
  expect(pulled).toBeLessThan(20);
  await expect(readJson(new Response(null))).rejects.toThrow(RangeError);
  for (const body of ["", "<html>", '{"text":']) {
    await expect(readJson(new Response(body))).rejects.toThrow(SyntaxError);
  }
});
