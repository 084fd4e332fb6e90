import { beforeAll, describe, expect, it } from "vitest";
import {
  answered,
  answerIn,
  answerMessage,
  type Chunk,
  chunksOf,
  clientId,
  held,
  load,
  readUntil,
  textIn,
  textsOf,
  toChunks,
  userMessage,
} from "../../support/ai-sdk.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { release, script } from "../../support/provider.ts";

let ada: SignedIn;
let eve: SignedIn;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
});

const API = "/ai-sdk/workflow";

/** As the transport sends it: without a content type of its own. */
function post(body: object): Promise<Response> {
  return ada.fetch(API, { method: "POST", body: JSON.stringify(body) });
}

const runOf = (response: Response) => response.headers.get("x-workflow-run-id") ?? "";

const rest = (id: string, startIndex: number, of = ada) =>
  of.fetch(`${API}/${encodeURIComponent(id)}/stream?startIndex=${startIndex}`);

const WORDS = Array.from({ length: 30 }, (_, index) => `w${index} `);

describe("a conversation by the transport for workflows", () => {
  it("names its run, and continues at any chunk, while it runs and after", async () => {
    const marker = await script({ kind: "answer", times: 1, tokens: WORDS, holdAfter: 15 });
    const response = await post({ id: clientId(), messages: [userMessage(marker)] });
    const run = runOf(response);
    const early = toChunks(await readUntil(response, "w14 "));
    const following = rest(run, early.length);
    await release(marker);
    const late = await chunksOf(await following);
    const whole = await chunksOf(await rest(run, 0));
    expect([...early, ...late]).toEqual(whole);
    expect(answerIn(whole)).toBe(run);
    expect(textIn(whole)).toBe(WORDS.join(""));
    for (let from = 0; from < whole.length; from += 10) {
      expect(await chunksOf(await rest(run, from))).toEqual(whole.slice(from));
    }
  });

  it("is never empty, however much was received: it always ends with finish", async () => {
    const response = await post({ messages: [userMessage(await answered("Yes."))] });
    const run = runOf(response);
    await response.text();
    const chunks = await chunksOf(await rest(run, 1_000_000));
    expect(chunks.at(-1)?.type).toBe("finish");
    expect(textIn(chunks)).toBe("");
  });

  it("says from where it counts where the client asks for the last chunks", async () => {
    const response = await post({ messages: [userMessage(await answered("Yes."))] });
    const run = runOf(response);
    const whole = toChunks(await response.text());
    const last = await rest(run, -5);
    // The client continues at this index, plus one, minus five.
    expect(last.headers.get("x-workflow-stream-tail-index")).toBe("4");
    expect((await chunksOf(last)).length).toBeGreaterThanOrEqual(whole.length);
  });

  it("needs no id of the chat: the answer before the message says which it is", async () => {
    const first = userMessage(await answered("One."));
    const response = await post({ messages: [first] });
    const chunks = toChunks(await response.text());
    const chatId = chunks[0]?.messageMetadata.chat_id;
    const next = userMessage(await answered("Two."));
    const history = [first, answerMessage(answerIn(chunks), "One."), next];
    const second = toChunks(await (await post({ messages: history })).text());
    expect(second[0]?.messageMetadata.chat_id).toBe(chatId);
    const texts = textsOf(await load(ada, chatId));
    expect([texts[1], texts[3], texts.length]).toEqual(["One.", "Two.", 4]);
  });

  it("is resumed by the id of its chat after a reload", async () => {
    const id = clientId();
    const { marker, finish } = await held("Half ", "and whole.");
    await readUntil(await post({ id, messages: [userMessage(marker)] }), "Half ");
    const resumed = rest(id, 0);
    await finish();
    expect(textIn(await chunksOf(await resumed))).toBe("Half and whole.");
  });

  it("ends with an error and finish where the answer fails", async () => {
    const marker = await script({ kind: "answer", times: 1, errorStatus: 401 });
    const chunks = await chunksOf(await post({ messages: [userMessage(marker)] }));
    const types = chunks.map(({ type }: Chunk) => type);
    expect(types.indexOf("error")).toBeGreaterThan(0);
    expect(types.at(-1)).toBe("finish");
  });

  it("has only a finish for what is not there, or is another user's", async () => {
    const response = await post({ messages: [userMessage(await answered("Mine."))] });
    const run = runOf(response);
    await response.text();
    for (const id of [run, clientId(), crypto.randomUUID(), "\u0000"]) {
      expect(await chunksOf(await rest(id, 0, eve)), id).toEqual([{ type: "finish" }]);
    }
  });
});
