import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { type SignedIn, signUp, workerUrl } from "../../support/client.ts";
import { script } from "../../support/provider.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "..", "examples", "openai");
const run = promisify(execFile);

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

describe("the example", () => {
  it.each(["node.js", "langchain.js"])("%s prints an answer", async (name) => {
    const marker = await script({ tokens: ["One ", "two."] });
    const { key } = await newApiKey(ada, ["chat"]);
    const env = { ...process.env, INDIFLY_URL: `${workerUrl}/v1`, INDIFLY_KEY: key };
    const { stdout } = await run(process.execPath, [join(FOLDER, name), marker], { env });
    expect(stdout).toContain("One two.");
  });
});
