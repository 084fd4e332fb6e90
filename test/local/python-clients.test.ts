import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { installClient } from "../../local/python-clients.ts";
import { makeFolder } from "../../local/scratch.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
beforeAll(async () => {
  folder = await makeFolder("python-clients");
});
afterAll(() => folder.remove());

const install = (python: string) =>
  installClient({ name: "openai", version: "1.0.0" }, { folder: folder.path, python });

describe("a Python client is not installed, and the reason is said", () => {
  it("where there is no Python", async () => {
    expect(await install("no-such-python")).toBe("spawn no-such-python ENOENT");
  });

  it("where Python makes no environment of its own", async () => {
    expect(await install("false")).toMatch(/^Command failed: false -m venv /);
  });
});
