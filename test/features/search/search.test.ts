import { beforeAll, describe, expect, it } from "vitest";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { chatOf, grow, newChat, runningTurn, say } from "../../support/chats.ts";
import { attach, newDocument } from "../../support/documents.ts";
import { indexDocument } from "../../support/indexing.ts";
import { countCalls, query } from "../../support/postgres.ts";
import { until } from "../../support/until.ts";

const LEASE = [
  "LEASE\n\n1. Deposit. The Tenant pays a deposit of 2,000 euros before the term begins.\n\n",
  "2. Repairs. The Landlord keeps the roof in good order. The Tenant keeps the garden.\n",
];

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

async function indexedFile(of: SignedIn, name: string, pages: string[]): Promise<string> {
  const id = await newDocument(of, pages, { name });
  await indexDocument(id);
  return id;
}

async function search(of: SignedIn, asked: Record<string, string | number>): Promise<Body[]> {
  const given = Object.entries(asked).map(([key, value]): [string, string] => [key, String(value)]);
  const { status, body } = await of.get(`/search?${new URLSearchParams(given).toString()}`);
  expect(status, JSON.stringify(body)).toBe(200);
  return body.hits;
}

const byName = (a: string, b: string) => a.localeCompare(b);
const idsOf = (hits: Body[]) => hits.map((hit) => hit.message_id);

describe("a search over messages", () => {
  it("finds those that contain all words, in any English form, and shows where", async () => {
    const chatId = await newChat(ada, { title: "Deposits <b>" });
    const found = await say(ada, chatId, "Must the landlord return my deposits within a month?");
    await say(ada, chatId, "The deposit is with the bank.");
    const [hit, ...others] = await search(ada, { q: "Deposit LANDLORDS", scope: "messages" });
    expect(others).toEqual([]);
    expect(hit).toEqual({
      kind: "message",
      chat_id: chatId,
      chat_title: "Deposits <b>",
      message_id: found,
      snippet: "Must the <mark>landlord</mark> return my <mark>deposits</mark> within a month?",
      score: expect.any(Number),
    });
  });

  it("supports phrases in quotes, excluded words and alternatives", async () => {
    const eve = await signUp();
    const chatId = await newChat(eve);
    const notice = await say(eve, chatId, "What notice period applies?");
    const other = await say(eve, chatId, "A period without notice, for the garage.");
    const find = async (q: string) =>
      idsOf(await search(eve, { q, scope: "messages" })).toSorted(byName);
    expect(await find('"notice period"')).toEqual([notice]);
    expect(await find("notice -garage")).toEqual([notice]);
    expect(await find("-garage")).toEqual([notice]);
    expect(await find("applies or garage")).toEqual([notice, other].toSorted(byName));
    expect(await find('"without"')).toEqual([other]);
    expect(await find("the")).toEqual([other]);
    expect(await find("?! &|<->()'")).toEqual([]);
    expect(await find("kaution")).toEqual([]);
  });

  it("returns snippets that are safe to insert, whatever a message contains", async () => {
    const chatId = await newChat(ada);
    const hostile = `<img src=x onerror=alert(1)> & "quoted" 'tick' &lt;b> zebra </mark><script>alert(2)</script> 1 < 2`;
    await say(ada, chatId, hostile);
    await say(ada, chatId, `${"long ".repeat(3_000)} zebra ${"x".repeat(5_000)}`);
    const hits = await search(ada, { q: "zebra", scope: "messages" });
    expect(hits).toHaveLength(2);
    for (const { snippet } of hits) {
      expect(snippet).toContain("<mark>zebra</mark>");
      expect(snippet.replaceAll(/<\/?mark>/g, "")).not.toMatch(
        /[<>"']|&(?!amp;|lt;|gt;|quot;|#39;)/,
      );
      expect(snippet.match(/<mark>/g)).toHaveLength(snippet.match(/<\/mark>/g).length);
      expect(snippet.length).toBeLessThan(700);
    }
  });

  it("sees a message at once, an answer once it has ended, and nothing deleted", async () => {
    const turn = await runningTurn(ada);
    const find = () => search(ada, { q: "one two", scope: "messages", chat_id: turn.chatId });
    expect(await find()).toEqual([]);
    await turn.finish();
    await turn.rest();
    expect(idsOf(await find())).toEqual([turn.answerId]);
    await ada.delete(`/chats/${turn.chatId}`);
    const everywhere = await search(ada, { q: "one two", scope: "messages" });
    expect(idsOf(everywhere)).not.toContain(turn.answerId);
  });

  it("finds only the user's own, whatever the words, and whoever else's message is like it", async () => {
    const eve = await signUp();
    const chatId = await newChat(ada);
    const secret = `quokka OWNER ${eve.user.id}`;
    await say(ada, chatId, secret);
    const asked = ["quokka", "-nothing", `"OWNER ${ada.user.id}"`, `OWNER ${ada.user.id}`, secret];
    for (const q of asked) expect(await search(eve, { q })).toEqual([]);
    const mine = await say(eve, await newChat(eve), "My own quokka");
    expect(idsOf(await search(eve, { q: "quokka" }))).toEqual([mine]);
  });

  it("returns the best first, as many as requested, a hundred at most, in one trip", async () => {
    const eve = await signUp();
    const { id } = await chatOf(eve, 1_200);
    const [best] = await grow(id, null, ["message message message"], Date.now() + 60_000);
    let hits: Body[] = [];
    const trips = await countCalls(eve.user.id, async () => {
      hits = await search(eve, { q: "message", scope: "messages", limit: 100 });
    });
    expect(trips).toBe(1);
    expect(hits).toHaveLength(100);
    expect(hits[0].message_id).toBe(best);
    expect(hits.map(({ score }) => score)).toEqual(
      hits.map(({ score }) => score).toSorted((a, b) => b - a),
    );
    expect(await search(eve, { q: "message" })).toHaveLength(20);
    expect(await search(eve, { q: "message", limit: 3 })).toHaveLength(3);
    // In few of the newest, so that the index is used: also for older ones.
    expect(idsOf(await search(eve, { q: '"message 1"', scope: "messages" }))).toHaveLength(1);
    expectProblem(await eve.get("/search?q=x&limit=101"), 422, "validation_failed", "?limit");
    expectProblem(await eve.get("/search?q=x&limit=0"), 422, "validation_failed", "?limit");
  });
});

describe("a search over documents", () => {
  it("finds passages with page and offset, and marks the words", async () => {
    const eve = await signUp();
    const fileId = await indexedFile(eve, "lease.txt", LEASE);
    const [hit] = await search(eve, { q: "deposits", scope: "files" });
    const file = { file_id: fileId, file_name: "lease.txt" };
    expect(hit).toMatchObject({ kind: "passage", ...file, page: 1 });
    expect(hit.snippet).toContain("<mark>deposit</mark> of 2,000 euros");
    const text = Array.from(LEASE.join("")).slice(hit.start, hit.end).join("");
    expect(text).toContain("pays a deposit");
    const [second] = await search(eve, { q: '"keeps the roof"', scope: "files" });
    expect(second).toMatchObject({ file_id: fileId, page: 2 });
    expect(await search(eve, { q: '"roof keeps"', scope: "files" })).toEqual([]);
    const without = await search(eve, { q: "roof deposit -landlord", scope: "files" });
    expect(without.map(({ page }) => page)).toEqual([1]);
    expect(await search(eve, { q: "-landlord", scope: "files" })).toEqual([]);
  });

  it("is merged with the messages where no scope is given", async () => {
    const eve = await signUp();
    const fileId = await indexedFile(eve, "lease.txt", LEASE);
    const messageId = await say(eve, await newChat(eve), "How high is the deposit?");
    const hits = await search(eve, { q: "deposit" });
    expect(hits.slice(0, 2)).toMatchObject([{ message_id: messageId }, { file_id: fileId }]);
  });

  it("embeds the query only for documents, and records that cost once", async () => {
    const eve = await signUp();
    await indexedFile(eve, "lease.txt", LEASE);
    const bills = () => query("SELECT FROM ai_usage WHERE user_id = $1", [eve.user.id]);
    // The first semantic search finds out that a server has no pgvector.
    const [server] = await query("SELECT to_regclass('passage_vectors') AS vectors");
    await search(ada, { q: "who keeps the roof in order" });
    await search(eve, { q: "deposit" });
    await search(eve, { q: "who keeps the roof in order" });
    const asked = server?.vectors ? 1 : 0;
    await until(async () => (await bills()).length >= asked);
    expect(await bills()).toHaveLength(asked);
  });

  it("is limited to a file, to a chat with its files, or to both", async () => {
    const eve = await signUp();
    const [lease, copy] = [
      await indexedFile(eve, "lease.txt", LEASE),
      await indexedFile(eve, "copy.txt", LEASE),
    ];
    const [chatId, empty] = [await newChat(eve), await newChat(eve)];
    const messageId = await say(eve, chatId, "How high is the deposit?");
    await attach(chatId, lease);
    const find = async (asked: Record<string, string>) => {
      const hits = await search(eve, { q: "deposit", ...asked });
      return [...new Set(hits.map((hit) => hit.message_id ?? hit.file_id))];
    };
    expect(await find({ file_id: copy })).toEqual([copy]);
    expect(await find({ chat_id: chatId })).toEqual([messageId, lease]);
    expect(await find({ chat_id: chatId, scope: "messages" })).toEqual([messageId]);
    expect(await find({ chat_id: chatId, scope: "files" })).toEqual([lease]);
    expect(await find({ chat_id: chatId, file_id: lease })).toEqual([lease]);
    expect(await find({ chat_id: chatId, file_id: copy })).toEqual([]);
    expect(await find({ chat_id: empty })).toEqual([]);
    const both = await eve.get(`/search?q=x&scope=messages&file_id=${lease}`);
    expectProblem(both, 422, "validation_failed", "?scope");
  });

  it("never reveals another user's: their chat or file is like one that never existed", async () => {
    const [eve, fileId] = [await signUp(), await indexedFile(ada, "lease.txt", LEASE)];
    const chatId = await newChat(ada);
    await attach(chatId, fileId);
    const mine = await newChat(eve);
    // Even a row that should not exist gives no access.
    await attach(mine, fileId);
    expect(await search(eve, { q: "deposit roof" })).toEqual([]);
    expect(await search(eve, { q: "deposit roof", chat_id: mine })).toEqual([]);
    for (const scope of ["", "&scope=files", "&scope=messages"]) {
      for (const target of [
        `chat_id=${chatId}`,
        `chat_id=${crypto.randomUUID()}`,
        ...(scope === "&scope=messages"
          ? []
          : [`file_id=${fileId}`, `file_id=${crypto.randomUUID()}`]),
      ]) {
        expectProblem(await eve.get(`/search?q=deposit&${target}${scope}`), 404, "not_found");
      }
    }
  });
});

describe("a search", () => {
  it.each([
    ["", "?q"],
    ["q=", "?q"],
    ["q=%20%09", "?q"],
    [`q=${"x".repeat(501)}`, "?q"],
    ["q=a%00b", "?q"],
    ["q=x&scope=everything", "?scope"],
    ["q=x&file_id=no-id", "?file_id"],
    ["q=x&chat_id=", "?chat_id"],
    ["q=x&limit=ten", "?limit"],
  ])("that reads %j is refused", async (asked, pointer) => {
    expectProblem(await ada.get(`/search?${asked}`), 422, "validation_failed", pointer);
  });

  it("accepts five hundred characters of any kind, and is fast for the worst of them", async () => {
    const chatId = await newChat(ada);
    await say(ada, chatId, "a b ".repeat(7_900));
    await search(ada, { q: "𝒳".repeat(500) });
    await search(ada, { q: Array.from({ length: 100 }, () => '"a b"').join("") });
    await search(ada, { q: "a b ".repeat(125) });
    expectProblem(await ada.get("/search?q=%ff"), 400, "invalid_encoding");
  });
});
