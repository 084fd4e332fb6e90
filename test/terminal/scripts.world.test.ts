import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../support/api-keys.ts";
import { newChat } from "../support/chats.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { script } from "../support/provider.ts";
import { CONTROLS, type Home, homeOf, makeHome, TERMINAL_MS } from "../support/terminal.ts";

let ada: SignedIn;
let home: Home;
beforeAll(async () => {
  ada = await signUp();
  home = await homeOf(ada);
  return () => home[Symbol.asyncDispose]();
});

const answering = (...tokens: string[]) => script({ kind: "answer", tokens });

describe("the terminal in a script", { timeout: TERMINAL_MS }, () => {
  it("prints the answer alone", async () => {
    const terminal = home.start([await answering("Yes, ", "within **21 days**.")]);
    expect(await terminal.exited).toBe(0);
    expect(terminal.out()).toBe("Yes, within **21 days**.\n");
    expect(terminal.notes()).toBe("");
  });

  it("reads the message from a pipe", async () => {
    const marker = await answering("Read.");
    const terminal = home.start();
    for (const line of ["May he keep it?", marker]) terminal.say(line);
    terminal.end();
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.out()).toBe("Read.\n");
  });

  it("goes on in a chat", async () => {
    const chatId = await newChat(ada);
    const terminal = home.start(["--chat", chatId, await answering("Here.")]);
    expect(await terminal.exited).toBe(0);
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(2);
  });

  it("prints the events as lines of JSON, without raw control characters", async () => {
    const content = "One\u009b31m two\u001b[2J\u007f.";
    const terminal = home.start(["--json", await answering(content)]);
    expect(await terminal.exited).toBe(0);
    expect(terminal.out()).not.toMatch(CONTROLS);
    const lines = terminal.out().trimEnd().split("\n");
    const events = lines.map((line) => JSON.parse(line));
    expect(events.map(({ type }) => type).slice(0, 2)).toEqual([
      "user_message",
      "ai_message_start",
    ]);
    expect(events.at(-1)).toMatchObject({ type: "stream_complete", id: expect.any(Number) });
    const deltas = events.filter(({ type }) => type === "content_delta");
    expect(deltas.map((event) => event.content).join("")).toBe(content);
  });

  it("takes an API key in place of a sign-in", async () => {
    const { key } = await newApiKey(ada, ["chat"]);
    await using own = await makeHome();
    const env = { INDIFLY_TOKEN: key };
    const terminal = own.start([await answering("By key.")], { env });
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.out()).toBe("By key.\n");
  });

  it("says which chat is missing", async () => {
    const terminal = home.start(["--chat", crypto.randomUUID(), "May he?"]);
    expect([await terminal.exited, terminal.out()]).toEqual([1, ""]);
    expect(terminal.notes()).toMatch(/^[A-Z].+\.\n$/);
  });

  it.each([
    [["--url", "nowhere"], "nowhere is not a URL of a server"],
    [["--url", "ftp://example.com"], "is not a URL of a server"],
    [["--url", "http://ada:secret@localhost"], "Sign in instead."],
    [["--color"], "--color"],
    [["-i", "--json"], "--json needs a message."],
    [["  "], "There is no message."],
  ])("refuses %j", async (args, sentence) => {
    const terminal = home.start(args);
    terminal.end();
    expect([await terminal.exited, terminal.out()]).toEqual([2, ""]);
    expect(terminal.notes()).toContain(sentence);
    expect(terminal.notes()).not.toContain("secret");
  });

  it("shows how to use it", async () => {
    const terminal = home.start(["--help"]);
    expect(await terminal.exited).toBe(0);
    expect(terminal.out()).toContain("Exit codes: 0 answered");
  });

  it("refuses what is no server of the chat API", async () => {
    const url = `${workerUrl}/docs`;
    await using own = await homeOf(ada, url);
    const terminal = own.start(["May he?"], { url });
    expect(await terminal.exited).toBe(1);
    expect(terminal.notes()).toMatch(/^[A-Z].+\.\n/);
  });
});
