import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument, textBetween } from "../../support/documents.ts";
import { startFastWorker } from "../../support/fast-worker.ts";
import { filler, longDocument, longPages } from "../../support/long-documents.ts";
import { callsContaining, injectFault, query } from "../../support/postgres.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

const PENALTY = "The Supplier forfeits a penalty of 𝒳 4,750 euros for each begun week of delay.";
const COURT = "All disputes go before the courts of Zwolle, to the exclusion of any other venue.";

const PAGES = longPages({ 41: PENALTY, 70: COURT });

let ada: SignedIn;
let contract: string;
beforeAll(async () => {
  ada = await signUp();
  contract = await longDocument(ada, PAGES);
});

async function ask(content: string, ids = [contract]) {
  const chatId = await newChat(ada, { auto_title: false });
  const { status, body } = await ada.post(`/chats/${chatId}/messages`, { content, file_ids: ids });
  expect(status, JSON.stringify(body)).toBe(200);
  const { citations, unverified_quotes: unverified } = body.ai_response.metadata;
  for (const { file_id: id, start, end, quote } of citations) {
    expect(await textBetween(id, start, end)).toBe(quote);
  }
  return { chatId, citations, unverified: unverified.map(({ text }: Body) => text) };
}

async function promptOf(text: string): Promise<string> {
  return (await answersContaining(text)).at(-1)?.body.messages.at(-1)?.content ?? "";
}

/** This user's trips to Postgres, without recording the cost of embeddings. */
async function trips(): Promise<number> {
  const calls = await callsContaining(ada.user.id);
  const isUsage = ({ body }: { body: string }) =>
    body.startsWith('{"query"') && body.includes("INSERT INTO ai_usage");
  return calls.filter((call) => !isUsage(call)).length;
}

describe("a question about a long document", () => {
  it("gets the document's first lines and its best passages, in order, and is cited by page", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    const { citations } = await ask(`Which penalty for each week of delay? ${marker}`);
    const prompt = await promptOf(marker);
    const passages = [
      ...prompt.matchAll(/<passage-\w+ id="(\d+)" file="supply\.pdf" page="(\d+)">/g),
    ];
    expect(prompt).toContain("SUPPLY AGREEMENT between Alder and Birch");
    expect(prompt).toContain(PENALTY);
    expect(prompt.length).toBeLessThan(PAGES.join("").length / 3);
    expect(passages.map(([, id]) => Number(id))).toEqual(passages.map((_, index) => index + 1));
    const pages = passages.map(([, , page]) => Number(page));
    expect(pages).toEqual(pages.toSorted((a, b) => a - b));
    expect(citations).toContainEqual(
      expect.objectContaining({ page: 42, quote: PENALTY, file_name: "supply.pdf" }),
    );
  });

  it("takes three trips before the model is called, one to verify quotations, and one at the end", async () => {
    const marker = await script({ tokens: [`“${PENALTY}” [2]`], holdAfter: 0 });
    const chatId = await newChat(ada, { auto_title: false });
    const before = await trips();
    const turn = ada.post(`/chats/${chatId}/messages`, {
      content: `The penalty? ${marker}`,
      file_ids: [contract],
    });
    await until(async () => (await answersContaining(marker)).length === 1);
    expect((await trips()) - before).toBe(3);
    await release(marker);
    const { body } = await turn;
    expect((await trips()) - before).toBe(5);
    expect(body.ai_response.metadata.citations).toHaveLength(1);
  });

  it("takes no trip to verify when nothing is quoted", async () => {
    const marker = await script({ tokens: ["Nothing of the kind."] });
    const before = await trips();
    const { citations, unverified } = await ask(`The penalty? ${marker}`);
    expect({ citations, unverified }).toEqual({ citations: [], unverified: [] });
    // One of them creates the chat.
    expect((await trips()) - before).toBe(1 + 4);
  });

  it("is recorded with the cost of its vectors and queries", async () => {
    const bob = await signUp();
    const id = await newDocument(bob, PAGES, { name: "supply.pdf" });
    await bob.post("/chat", { content: "The penalty?", file_ids: [id] });
    const rows = await until(async () => {
      const found = await query(
        "SELECT service_type AS kind FROM ai_usage WHERE user_id = $1 ORDER BY 1",
        [bob.user.id],
      );
      return found.length === 5 && found;
    });
    expect(rows.map(({ kind }) => kind)).toEqual([
      "answer",
      "embedding",
      "embedding",
      "rewrite",
      "title",
    ]);
  });

  it("may quote text elsewhere in the document, but none that it does not contain", async () => {
    const invented = "All disputes go before the courts of Utrecht";
    const marker = await script({ tokens: [`“${COURT}” [1], “${invented}” [1] “Zwolle” [1]`] });
    const { citations, unverified } = await ask(`Which penalty? ${marker}`);
    expect(citations.map(({ page, quote }: Body) => [page, quote])).toEqual([[71, COURT]]);
    expect(unverified).toEqual([invented, "Zwolle"]);
  });

  it("uses the message before it for the search where it has few words of its own", async () => {
    const { chatId } = await ask("Which penalty does the Supplier forfeit for each week of delay?");
    const marker = `m-${crypto.randomUUID()}`;
    await ada.post(`/chats/${chatId}/messages`, { content: `And why? ${marker}` });
    expect(await promptOf(marker)).toContain(PENALTY);
  });

  it("fails as a whole when the passages cannot be retrieved, and can be regenerated", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const mark = `m${crypto.randomUUID().replaceAll("-", "")}`;
    // Of the search alone, and of this test alone: the term that it searches for.
    const contains = `\\"text\\":\\"${mark}`;
    const restore = await injectFault({ contains, times: 2, kind: "status", status: 500 });
    const content = `Which penalty? ${mark}?`;
    const failed = await ada.post(`/chats/${chatId}/messages`, { content, file_ids: [contract] });
    await restore();
    expect({ status: failed.status, code: failed.body.code }).toEqual({
      status: 503,
      code: "database_unavailable",
    });
    const usage = "SELECT service_type AS kind FROM ai_usage WHERE chat_id = $1";
    expect(await query(usage, [chatId])).toEqual([{ kind: "rewrite" }]);
    const again = await ada.post(`/messages/${failed.body.message_id}/regenerate`);
    expect(again.body.ai_response.status).toBe("complete");
  });

  it("verifies nothing that cannot be looked up, and shows none of it as a citation", async () => {
    const marker = await script({ tokens: [`“${PENALTY}” [2]`], holdAfter: 0 });
    const chatId = await newChat(ada, { auto_title: false });
    const body = { content: marker, file_ids: [contract] };
    const turn = ada.post(`/chats/${chatId}/messages`, body);
    await until(async () => (await answersContaining(marker)).length === 1);
    const fault = {
      contains: "jsonb_to_recordset",
      times: 2,
      kind: "status",
      status: 500,
    } as const;
    const restore = await injectFault(fault);
    await release(marker);
    const { metadata } = (await turn).body.ai_response;
    await restore();
    expect(metadata).toMatchObject({ citations: [], unverified_quotes: [{ text: PENALTY }] });
  });
});

it("A quotation from the end of a very long document is found, and its citation is true", async () => {
  const block = `${filler(3)} `.repeat(110);
  const last = "The very last clause speaks of 𝒳 quinces.";
  const pages = [...Array.from({ length: 30 }, () => block), `${last}\n`];
  const length = Array.from(pages.join("")).length;
  expect(length).toBeGreaterThan(1_200_000);
  const id = await newDocument(ada, pages, { name: "long.txt" });
  const marker = await script({
    tokens: [`“${last.toUpperCase()}” [1] and “no such words here” [1]`],
  });
  const { citations, unverified } = await ask(marker, [id]);
  expect(citations).toMatchObject([{ page: 31, quote: last, end: length - 1 }]);
  expect(unverified).toEqual(["no such words here"]);
});

it("Quotations that cannot be looked up within the turn's time do not delay its end", async () => {
  // A slow call is retried once, which may take longer than the test: only the turn's timeout ends
  // it sooner.
  const worker = await startFastWorker({ TURN_LIMITS: JSON.stringify({ total_ms: 6_000 }) });
  const marker = await script({ tokens: [`“${PENALTY}” [1]`], holdAfter: 0 });
  try {
    const chatId = await newChat(ada, { auto_title: false });
    const asked = fetch(`${worker.url}/chats/${chatId}/messages`, {
      method: "POST",
      headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
      body: JSON.stringify({ content: marker, file_ids: [contract] }),
    });
    await until(async () => (await answersContaining(marker)).length > 0);
    const slow = { contains: contract, times: 1_000, kind: "delay" as const, delayMs: 11_000 };
    const restore = await injectFault(slow);
    await release(marker);
    const { ai_response: answer }: Body = await (await asked).json();
    await restore();
    expect(answer.status).toBe("complete");
    expect(answer.metadata).toMatchObject({ citations: [], unverified_quotes: [{}] });
  } finally {
    await worker.close();
  }
});
