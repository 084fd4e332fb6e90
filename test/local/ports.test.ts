import { createServer } from "node:net";
import { expect, it } from "vitest";
import { readPort, requireFreePort } from "../../local/ports.ts";

/** Another server on a free port of a host. */
async function occupy(host: string) {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  const address = server.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { port, [Symbol.asyncDispose]: close };
}

it("The port is PORT, and 8787 by default", () => {
  expect(readPort("3001")).toBe(3001);
  expect(readPort(undefined)).toBe(8787);
  expect(readPort("")).toBe(8787);
});

it.each(["http", "0", "-1", "65536", "80.5", "8787a"])("PORT=%s is refused as invalid", (text) => {
  expect(() => readPort(text)).toThrow(`PORT is not a port number: ${text}`);
});

it("A port in use is refused by its number, a free one is not", async () => {
  let port: number;
  {
    await using taken = await occupy("127.0.0.1");
    port = taken.port;
    await expect(requireFreePort(port)).rejects.toThrow(`Port ${port} is in use`);
  }
  await requireFreePort(port);
});
