import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { clientId } from "../support/ai-sdk.ts";
import { type Version, VERSIONS } from "../support/ai-sdk-package.ts";
import { newTabs, serveExample } from "../support/ai-sdk-page.ts";
import { type SignedIn, signUp, workerUrl } from "../support/client.ts";
import { type ChunkCuttingProxy, startChunkCuttingProxy } from "../support/chunk-cutting-proxy.ts";
import { release, script } from "../support/provider.ts";

let proxy: ChunkCuttingProxy;
let ada: SignedIn;
beforeAll(async () => {
  [proxy, ada] = await Promise.all([startChunkCuttingProxy(workerUrl), signUp()]);
});
afterAll(() => proxy.close());

const answer = (...tokens: string[]) => script({ kind: "answer", times: 1, tokens });
const held = (tokens: string[], holdAfter = 1) =>
  script({ kind: "answer", times: 1, tokens, holdAfter });

/** Five chunks come before the first word: none of the words is sent with another. */
const WORDS = Array.from({ length: 40 }, (_, index) => `w${index} `);
const WHOLE = WORDS.join("");

const versions = Object.keys(VERSIONS).map(Number) as Version[];

describe.each(versions)("useChat of the AI SDK %i", (version) => {
  let path: string;
  beforeAll(async () => {
    path = await serveExample(version, proxy);
  });

  const tabs = () => newTabs(ada, path, proxy);

  it("shows an answer while it is generated, goes on with the chat, and shows it after a reload", async () => {
    const { open } = await tabs();
    const tab = await open(clientId());
    await tab.is("ready");
    expect(await tab.error()).toBe("");
    const marker = await held(["One ", "two."]);
    await tab.send(marker);
    await tab.shows("One ");
    await tab.is("streaming");
    await release(marker);
    await tab.shows("One two.");
    await tab.is("ready");
    await tab.send(await answer("Three."));
    await tab.shows("One two.", "Three.");
    await tab.is("ready");
    await tab.reload();
    await tab.shows("One two.", "Three.");
    await tab.is("ready");
  });

  it("closes a stream without stopping the answer, which the next message ends", async () => {
    const { open } = await tabs();
    const tab = await open(clientId());
    await tab.send(await held(["Half ", "never."]));
    await tab.shows("Half ");
    await tab.click("Close the stream");
    await tab.is("ready");
    await tab.send(await answer("Next."));
    await tab.shows("Half ", "Next.");
    await tab.is("ready");
    await tab.reload();
    await tab.shows("Half ", "Next.");
    expect(await tab.error()).toBe("");
  });

  it("stops the answer by its own route", async () => {
    const { open } = await tabs();
    const tab = await open(clientId());
    await tab.send(await held(["Half ", "never."]));
    await tab.shows("Half ");
    await tab.click("Stop");
    await tab.is("ready");
    expect(await tab.texts()).toEqual(["Half "]);
  });

  it("regenerates and edits, also after a reload", async () => {
    const { open } = await tabs();
    const tab = await open(clientId());
    const marker = await answer("First.");
    await tab.send(marker);
    await tab.shows("First.");
    await tab.is("ready");
    for (const again of ["Second.", "Third."]) {
      await script({ kind: "answer", times: 1, tokens: [again] }, marker);
      await tab.click("Regenerate");
      await tab.shows(again);
      await tab.is("ready");
      await tab.edit(await answer(`${again} edited.`));
      await tab.shows(`${again} edited.`);
      await tab.is("ready");
      await tab.edit(marker);
      await tab.reload();
      expect(await tab.texts("user")).toEqual([marker]);
    }
  });

  it("shows a refusal and a failure as sentences, and goes on after them", async () => {
    const { open, visitor } = await tabs();
    visitor.expectErrors(/422 \(Unprocessable/);
    const tab = await open(clientId());
    await tab.send("x".repeat(32_001));
    await tab.is("error");
    expect(await tab.error()).toBe("Your message needs text. This takes at most 32000 characters.");
    await tab.edit(await script({ kind: "answer", times: 1, tokens: ["Half ", "x"], cutAfter: 1 }));
    await tab.is("error");
    expect(await tab.error()).toMatch(/^The AI provider/);
    await tab.shows("Half ");
    await tab.edit(await answer("Now."));
    await tab.shows("Now.");
    await tab.is("ready");
    expect(await tab.error()).toBe("");
  });

  it("follows a running answer in a second tab", async () => {
    const { open } = await tabs();
    const id = clientId();
    const first = await open(id);
    const marker = await held(["One ", "two."]);
    await first.send(marker);
    await first.shows("One ");
    const second = await open(id);
    await second.shows("One ");
    await release(marker);
    await Promise.all([first.shows("One two."), second.shows("One two.")]);
    await Promise.all([first.is("ready"), second.is("ready")]);
    expect(await second.texts()).toEqual(await first.texts());
  });

  it.each([10, 20, 30, 40])(
    "has the whole answer after a cut behind chunk %i and a reload, while it is generated and after",
    async (chunks) => {
      const { open, visitor } = await tabs();
      visitor.expectErrors(/ERR_|network error|Failed to (fetch|load)/);
      const tab = await open(clientId());
      const marker = await held(WORDS, Math.min(chunks, 39));
      proxy.cutNext(chunks);
      await tab.send(marker);
      await tab.is("error");
      await tab.reload();
      await tab.is("streaming");
      await release(marker);
      await tab.shows(WHOLE);
      await tab.is("ready");
      await tab.reload();
      await tab.shows(WHOLE);
      expect(await tab.error()).toBe("");
    },
  );

  it(`${version === 7 ? "replaces" : "repeats (its own fault)"} the text so far where it resumes without a reload`, async () => {
    const { open, visitor } = await tabs();
    visitor.expectErrors(/ERR_|network error|Failed to (fetch|load)/);
    const tab = await open(clientId());
    const marker = await held(WORDS, 20);
    proxy.cutNext(10);
    await tab.send(marker);
    await tab.is("error");
    const [before = ""] = await tab.texts();
    await tab.click("Resume");
    await tab.is("streaming");
    await release(marker);
    await tab.is("ready");
    expect(await tab.texts()).toEqual([version === 7 ? WHOLE : `${before}|${WHOLE}`]);
  });
});
