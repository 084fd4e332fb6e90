import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../support/chats.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { startCuttingProxy } from "../support/cutting-proxy.ts";
import { answersContaining, release, script } from "../support/provider.ts";
import { CONTROLS, type Home, homeOf, TERMINAL_MS } from "../support/terminal.ts";
import { until } from "../support/until.ts";
import { startWatchingProxy } from "../support/watching-proxy.ts";

const TOKENS = Array.from({ length: 60 }, (_, index) => `Word ${index}, “déposé” 𝒳. `);
const TEXT = TOKENS.join("");

let ada: SignedIn;
let home: Home;
beforeAll(async () => {
  ada = await signUp();
  home = await homeOf(ada);
  return () => home[Symbol.asyncDispose]();
});

/** The answer with which a chat ends. */
async function lastAnswer(chatId: string) {
  const { body } = await ada.get(`/chats/${chatId}/messages?limit=1`);
  return body[0];
}

async function newestChat(): Promise<string> {
  return (await ada.get("/chats?limit=1")).body.chats[0].id;
}

describe("an answer in the terminal", { timeout: TERMINAL_MS }, () => {
  it("is shown as it comes, and the next message goes into the same chat", async () => {
    const marker = await script({
      kind: "answer",
      tokens: ["One, ", "two."],
      holdAfter: 1,
      times: 1,
    });
    const terminal = home.start(["-i"]);
    terminal.say(marker);
    await terminal.shows("One, ");
    expect(terminal.out()).toBe("One, ");
    await release(marker);
    await terminal.shows("One, two.\n");
    const second = await script({ kind: "answer", tokens: ["Three."] });
    terminal.say(second);
    await terminal.shows("Three.\n");
    terminal.end();
    expect(await terminal.exited).toBe(0);
    const { body } = await ada.get(`/chats/${await newestChat()}/messages`);
    expect(body.map(({ content }: { content: string }) => content)).toEqual([
      marker,
      "One, two.",
      second,
      "Three.",
    ]);
  });

  it("misses and repeats nothing where the connection is cut in its middle", async () => {
    await using proxy = await startCuttingProxy(workerUrl, [0, 700, 1_301, 1, 2_003]);
    await using own = await homeOf(ada, proxy.origin);
    const marker = await script({ kind: "answer", tokens: TOKENS });
    const terminal = own.start([marker], { url: proxy.origin });
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.out()).toBe(`${TEXT}\n`);
    expect(terminal.notes()).toContain("The connection is lost, reconnecting…");
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("is stopped by /stop", async () => {
    const marker = await script({ kind: "answer", tokens: ["Now ", "never"], holdAfter: 1 });
    const terminal = home.start(["-i"]);
    terminal.say(marker);
    await terminal.shows("Now ");
    terminal.say("/stop");
    await terminal.shows("The answer was stopped.");
    terminal.end();
    expect(await terminal.exited).toBe(0);
    expect(await lastAnswer(await newestChat())).toMatchObject({
      status: "stopped",
      content: "Now ",
    });
  });

  it("is stopped by Ctrl-C, which a script sees in the exit code", async () => {
    const marker = await script({ kind: "answer", tokens: ["Now ", "never"], holdAfter: 1 });
    const terminal = home.start([marker]);
    await terminal.shows("Now ");
    terminal.interrupt();
    expect(await terminal.exited, terminal.notes()).toBe(130);
    expect(terminal.out()).toBe("Now \n");
    expect(await lastAnswer(await newestChat())).toMatchObject({ status: "stopped" });
  });

  it("goes on at the server where a second Ctrl-C leaves it, and is read on when its chat is opened", async () => {
    await using proxy = await startWatchingProxy(workerUrl, (call) => call.endsWith("/stop"));
    await using own = await homeOf(ada, proxy.origin);
    const chatId = await newChat(ada);
    const marker = await script({ kind: "answer", tokens: ["Now ", "and ever."], holdAfter: 1 });
    const leaving = own.start(["--chat", chatId, marker], { url: proxy.origin });
    await leaving.shows("Now ");
    leaving.interrupt();
    await until(async () => proxy.seen.at(-1)?.endsWith("/stop"));
    // Two in quick succession count as one.
    let code: number | null | undefined;
    void leaving.exited.then((ended) => (code = ended));
    await until(async () => {
      leaving.interrupt();
      return code !== undefined;
    });
    expect(code).toBe(130);
    expect(leaving.notes()).toContain(`The answer goes on: --chat ${chatId}`);
    const back = home.start(["-i", "--chat", chatId]);
    await back.shows("Now ");
    expect(back.out()).toBe(`> ${marker}\nNow `);
    await release(marker);
    await back.shows("Now and ever.\n");
    back.end();
    expect(await back.exited).toBe(0);
    expect(await lastAnswer(chatId)).toMatchObject({ status: "complete" });
  });

  it("is generated again with /regenerate", async () => {
    const marker = await script({ kind: "answer", tokens: ["First."], times: 1 });
    await script({ kind: "answer", tokens: ["Second."] }, `${marker} again`);
    const terminal = home.start(["-i"]);
    terminal.say(`${marker} again`);
    await terminal.shows("First.");
    terminal.say("/regenerate");
    await terminal.shows("Second.");
    terminal.end();
    expect(await terminal.exited).toBe(0);
    const { body } = await ada.get(`/chats/${await newestChat()}/messages`);
    expect(body[1]).toMatchObject({ content: "Second.", sibling_count: 2 });
  });

  it("that fails is a sentence, and an exit code of its own", async () => {
    const marker = await script({ kind: "answer", errorStatus: 400 });
    const terminal = home.start([marker]);
    expect(await terminal.exited).toBe(1);
    expect(terminal.out()).toBe("");
    expect(terminal.notes()).toMatch(/[A-Z].+\./);
    expect(await lastAnswer(await newestChat())).toMatchObject({ status: "failed" });
  });
});

/** What a terminal would obey: a window title, a cleared screen, the clipboard, reversed text. */
const ESCAPES =
  "\u001b]0;owned\u0007\u001b[2J\u009b2J\u001b]52;c;b3duZWQ=\u001b\\\u202edesrever\r\b\u007f";

describe("control characters", { timeout: TERMINAL_MS }, () => {
  it("of an answer are shown as symbols, also where escape sequences are cut in two", async () => {
    const tokens = ["Before ", "\u001b", "[31mred", ESCAPES, " after"];
    const marker = await script({ kind: "answer", tokens });
    const terminal = home.start([marker]);
    expect(await terminal.exited, terminal.notes()).toBe(0);
    expect(terminal.out()).not.toMatch(CONTROLS);
    expect(terminal.out()).toMatch(/^Before ␛\[31mred␛\]0;owned␇␛\[2J/);
    expect(terminal.out()).toMatch(/ after\n$/);
  });

  it("of a title and of messages are shown as symbols in every list", async () => {
    const word = `word${crypto.randomUUID().slice(0, 8)}`;
    const id = await newChat(ada, { title: `Lease ${ESCAPES}\nand more` });
    await ada.post("/messages", { chat_id: id, type: "user", content: `${word} ${ESCAPES}` });
    const terminal = home.start(["-i"]);
    for (const line of ["/chats", `/search ${word}`, "/open 1", "/rename", "/delete", "n"]) {
      terminal.say(line);
    }
    await terminal.shows("Kept.");
    terminal.end();
    expect(await terminal.exited).toBe(0);
    expect(terminal.out() + terminal.notes()).not.toMatch(CONTROLS);
    expect(terminal.out()).toMatch(/^ {2}1 {2}Lease ␛\]0;owned.* and more/);
    expect(terminal.out()).toContain(`> ${word} ␛]0;owned`);
  });
});
