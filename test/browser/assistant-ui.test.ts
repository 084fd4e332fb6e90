import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientId } from "../support/ai-sdk.ts";
import { newTabs, serveExample } from "../support/ai-sdk-page.ts";
import { type ChunkCuttingProxy, startChunkCuttingProxy } from "../support/chunk-cutting-proxy.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { answersContaining, release, script } from "../support/provider.ts";

let proxy: ChunkCuttingProxy;
let ada: SignedIn;
let path: string;
beforeAll(async () => {
  [proxy, ada] = await Promise.all([startChunkCuttingProxy(workerUrl), signUp()]);
  path = await serveExample(7, proxy, "assistant-main.jsx");
});
afterAll(() => proxy.close());

const answer = (...tokens: string[]) => script({ kind: "answer", times: 1, tokens });
const held = (tokens: string[]) => script({ kind: "answer", times: 1, tokens, holdAfter: 1 });

describe("assistant-ui", () => {
  it("shows an answer while it is generated, goes on with the chat, and shows both after a reload", async () => {
    const { open } = await newTabs(ada, path, proxy);
    const tab = await open(clientId());
    await tab.is("ready");
    const marker = await held(["One ", "two."]);
    await tab.send(marker);
    await tab.shows("One ");
    await release(marker);
    await tab.shows("One two.");
    await tab.is("ready");
    await tab.send(await answer("Three."));
    await tab.shows("One two.", "Three.");
    await tab.is("ready");
    await tab.reload();
    await tab.shows("One two.", "Three.");
    expect(await tab.error()).toBe("");
  });

  it("closes a stream without stopping the answer, which a second tab shows to its end", async () => {
    const { open } = await newTabs(ada, path, proxy);
    const id = clientId();
    const tab = await open(id);
    const marker = await held(["Half ", "whole."]);
    await tab.send(marker);
    await tab.shows("Half ");
    await tab.click("Close the stream");
    await tab.is("ready");
    const second = await open(id);
    await second.shows("Half ");
    await release(marker);
    await second.shows("Half whole.");
    await second.is("ready");
    expect(await second.error()).toBe("");
  });

  it("gets another answer to the same message", async () => {
    const { open } = await newTabs(ada, path, proxy);
    const tab = await open(clientId());
    const marker = await script({ kind: "answer", times: 2, tokens: ["First."] });
    await tab.send(marker);
    await tab.shows("First.");
    await tab.is("ready");
    await tab.click("Regenerate");
    await expect.poll(async () => (await answersContaining(marker)).length).toBe(2);
    await tab.is("ready");
    await tab.shows("First.");
    await tab.reload();
    await tab.shows("First.");
    expect(await tab.error()).toBe("");
  });
});
