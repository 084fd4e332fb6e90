import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort } from "../../local/ports.ts";
import { makeFolder } from "../../local/scratch.ts";
import { type LocalStart, startLocal } from "../support/local-start.ts";

const ROOT = join(import.meta.dirname, "..", "..");
/** A first start creates a database, and the machine may be busy with other tests. */
const START_MS = 120_000;

const run = promisify(execFile);

let folder: Awaited<ReturnType<typeof makeFolder>>;
let local: LocalStart;
beforeAll(async () => {
  folder = await makeFolder("readme");
  local = startLocal(await freePort(), folder.path);
  await local.settled;
}, START_MS);
afterAll(async () => {
  local.kill("SIGTERM");
  await local.exited;
  await folder.remove();
});

/** The commands of the section, as one types them in one shell; at the port of this test. */
async function commandsOf(heading: string): Promise<string> {
  const readme = await readFile(join(ROOT, "README.md"), "utf8");
  const section = readme.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? "";
  const blocks = [...section.matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(([, block]) => block);
  expect(blocks.length).toBeGreaterThanOrEqual(4);
  return blocks.join("").replaceAll("http://localhost:8787", local.url);
}

/** The data of the stream's events of a name. */
function eventsOf(output: string, name: string) {
  const lines = output.match(new RegExp(`^data: \\{"type":"${name}".*$`, "gm")) ?? [];
  return lines.map((line) => JSON.parse(line.slice("data: ".length)));
}

describe("the README's first conversation", { timeout: START_MS }, () => {
  it.each(["first", "second"])("works when it is typed for the %s time", async (time) => {
    const commands = await commandsOf("A first conversation");
    const { stdout } = await run("bash", ["-euo", "pipefail", "-c", commands], { cwd: ROOT });
    expect(stdout).toContain(time === "first" ? '"message":"Welcome."' : '"code":"email_taken"');
    expect(stdout).toContain('"email":"ada@example.com"');
    const [asked, followUp, aboutLease] = eventsOf(stdout, "user_message");
    expect(followUp.message.chat_id).toBe(asked.message.chat_id);
    expect(aboutLease.message.content).toBe("When is the deposit due back?");
    expect(eventsOf(stdout, "stream_complete")).toHaveLength(3);
    const answers = eventsOf(stdout, "ai_message_complete").map(({ message }) => message);
    expect(answers.map(({ status }) => status)).toEqual(["complete", "complete", "complete"]);
    expect(answers[1].content).toContain("question 2 of our conversation");
    expect(eventsOf(stdout, "citations")[0]?.citations).toContainEqual(
      expect.objectContaining({ file_name: "lease.pdf", page: 1, status: "verified" }),
    );
    expect(stdout).toMatch(/"kind":"passage".*<mark>deposit<\/mark>/i);
  });

  it("is what the terminal of the server shows, a line per command", async () => {
    await local.printed(/^POST \/auth\/register 409 \d+ ms email_taken$/m);
    await local.printed(/^POST \/chats\/[0-9a-f-]+\/messages\/stream 200 \d+ ms$/m);
    expect(local.output()).not.toContain("Error");
  });
});

it(
  "The example asks its questions in one chat, and prints the answers",
  { timeout: START_MS },
  async () => {
    const args = [join(ROOT, "examples", "ask.js"), "May he?", "How long?"];
    const env = { ...process.env, URL: local.url };
    const { stdout } = await run(process.execPath, args, { env });
    expect(stdout).toContain("> May he?");
    expect(stdout).toContain("question 2 of our conversation");
  },
);
