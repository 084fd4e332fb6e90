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

  it("responses.js prints an answer that it leaves and resumes, and a follow-up", async () => {
    const first = await script({ kind: "answer", times: 1, tokens: ["One ", "two ", "three."] });
    const next = await script({ kind: "answer", times: 1, tokens: ["Four."] });
    const { key } = await newApiKey(ada, ["chat"]);
    const env = { ...process.env, INDIFLY_URL: `${workerUrl}/v1`, INDIFLY_KEY: key };
    const file = join(FOLDER, "responses.js");
    const { stdout } = await run(process.execPath, [file, first, next], { env });
    expect(stdout).toMatch(/^One two three\.\n\nFour\.\n\(\d+ tokens\)\n$/);
  });
});
