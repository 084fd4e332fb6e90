import { spawn } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { makeFolder } from "../../local/scratch.ts";
import { newChat } from "../support/chats.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { offsetAfter, turnIn } from "../support/durable-stream.ts";
import { script } from "../support/provider.ts";
import { until } from "../support/until.ts";

const FOLDER = join(import.meta.dirname, "..", "..", "examples");

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** An example that runs until the test ends, and what it has printed. */
function start(name: string, ...given: string[]) {
  const env = { ...process.env, INDIFLY_URL: workerUrl, INDIFLY_TOKEN: ada.accessToken };
  const child = spawn(process.execPath, [join(FOLDER, name), ...given], { env });
  let printed = "";
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding("utf8").on("data", (text: string) => (printed += text));
  }
  onTestFinished(() => void child.kill());
  return { printed: () => printed, stop: () => child.kill() };
}

async function ask(chatId: string, ...tokens: string[]) {
  return turnIn(ada, chatId, await script({ kind: "answer", times: 1, tokens }));
}

describe("the example that follows a chat", () => {
  it("over a live socket prints its answers", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const example = start("socket.js", chatId);
    let asked = "";
    // The socket is open once it has an answer: of a turn that ended before, it has none.
    await until(async () => {
      await ask(chatId, "One ", "two.");
      asked += "One two.\n";
      return example.printed() !== "";
    });
    await ask(chatId, "Three.");
    await until(async () => example.printed().endsWith("Three.\n"));
    expect(`${asked}Three.\n`.endsWith(example.printed())).toBe(true);
  });

  it("as a durable stream goes on where it was when it is started again", async () => {
    const folder = await makeFolder("offset");
    onTestFinished(() => folder.remove());
    const file = join(folder.path, "offset.txt");
    const chatId = await newChat(ada, { auto_title: false });
    const first = await ask(chatId, "One ", "two.");
    const before = start("durable-streams.js", chatId, file);
    await until(async () => before.printed() === "One two.\n");
    const end = offsetAfter(first.at(-1));
    await until(async () => (await readFile(file, "utf8").catch(() => "")) === end);
    before.stop();
    await ask(chatId, "Three.");
    const after = start("durable-streams.js", chatId, file);
    await until(async () => after.printed().endsWith("\n"));
    expect(after.printed()).toBe("Three.\n");
  });
});
