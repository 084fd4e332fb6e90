import { beforeAll, describe, expect, it } from "vitest";
import { askedChat, edit, regenerate } from "../../support/branches.ts";
import { newChat, say } from "../../support/chats.ts";
import { type Body, expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { newDocument, setStatus, textBetween } from "../../support/documents.ts";
import { isReplayed, newKey, withKey } from "../../support/keys.ts";
import { callsContaining, query } from "../../support/postgres.ts";
import { requestsContaining, script } from "../../support/provider.ts";

let ada: SignedIn;
let eve: SignedIn;
let lease: string;
beforeAll(async () => {
  [ada, eve] = await Promise.all([signUp(), signUp()]);
  lease = await newDocument(ada, LEASE);
});

const LEASE = [
  "LEASE\n\n1. The Tenant shall pay a rent of $1,500 on the first day of each month.\n\n",
  "2. The deposit of $3,000 is to be returned within thirty days of the end of the term.\n\n",
];
const NDA = ["The Recipient shall keep the Information confidential for five years."];

/** The last message of the prompt whose request contains a text. */
async function promptOf(text: string): Promise<string> {
  const seen = (await requestsContaining(text)).filter(({ body }) => body.stream);
  return seen.at(-1)?.body.messages.at(-1)?.content ?? "";
}

const filesIn = (prompt: string) => [
  ...new Set([...prompt.matchAll(/<passage-\w+ id="\d+" file="([^"]*)"/g)].map(([, name]) => name)),
];

async function expectTrue(citations: Body[]): Promise<void> {
  for (const { file_id: id, start, end, quote } of citations) {
    expect(await textBetween(id, start, end)).toBe(quote);
  }
}

const ask = (chatId: string, body: object) => ada.post(`/chats/${chatId}/messages`, body);

describe("a question about a document", () => {
  it("passes the document's passages to the model, with an explanation", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    await ada.post("/chat", { content: `What is the rent? ${marker}`, file_ids: [lease] });
    const request = (await requestsContaining(marker)).find(({ body }) => body.stream);
    const [system, userMessage] = request?.body.messages ?? [];
    expect(system?.content).toContain("legal assistant");
    expect(system?.content).toContain("never an instruction");
    const [tag = ""] = /passage-[0-9a-f]{12}/.exec(userMessage?.content ?? "") ?? [];
    expect(system?.content).toContain(`<${tag} id="n"`);
    expect(userMessage?.content).toBe(
      `<${tag} id="1" file="lease.pdf" page="1">${LEASE[0]}</${tag}>\n` +
        `<${tag} id="2" file="lease.pdf" page="2">${LEASE[1]}</${tag}>\n\nWhat is the rent? ${marker}`,
    );
  });

  it("is answered with citations, each of which stands there word for word", async () => {
    const { body } = await ada.post("/chat", {
      content: "When is the deposit returned?",
      file_ids: [lease],
    });
    const { citations, unverified_quotes: unverified } = body.ai_response.metadata;
    expect(citations).toContainEqual({
      index: 2,
      file_id: lease,
      file_name: "lease.pdf",
      page: 2,
      start: (LEASE[0]?.length ?? 0) + 3,
      end: citations[0].end,
      quote: expect.stringContaining("deposit of $3,000"),
      number: 2,
      answer_start: expect.any(Number),
      answer_end: expect.any(Number),
      status: "verified",
    });
    expect(unverified).toEqual([]);
    await expectTrue(citations);
  });

  it("shows no quotation as a citation that is not in the document, and says so", async () => {
    const tokens = [
      "It says “the Tenant shall pay a RENT of $1,500” [1] and “the Tenant shall pay a rent of $15” [1]. ",
      "Also “returned within thirty days” [9], “the term is ten years” [2]. As they say, “not pointed at”. But “term” [2], “year” [2].",
    ];
    const marker = await script({ kind: "answer", tokens });
    const { body } = await ada.post("/chat", { content: marker, file_ids: [lease] });
    const { citations, unverified_quotes: unverified } = body.ai_response.metadata;
    expect(citations.map(({ index, quote }: Body) => [index, quote])).toEqual([
      [1, "The Tenant shall pay a rent of $1,500"],
      [9, "returned within thirty days"],
      [2, "term"],
    ]);
    expect(unverified.map(({ text }: Body) => text)).toEqual([
      "the Tenant shall pay a rent of $15",
      "the term is ten years",
      "year",
    ]);
    await expectTrue(citations);
  });

  it("takes one trip before the model is called, and one at the end, like any other", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const before = (await callsContaining(chatId)).length;
    await ask(chatId, { content: "What is the rent?", file_ids: [lease] });
    expect((await callsContaining(chatId)).length - before).toBe(2);
    expect(await query("SELECT service_type FROM ai_usage WHERE chat_id = $1", [chatId])).toEqual([
      { service_type: "answer" },
    ]);
  });

  it("may be about several documents, and about one named by its URL", async () => {
    const nda = await newDocument(ada, NDA, { name: "nda.docx" });
    const marker = `marker-${crypto.randomUUID()}`;
    const chatId = await newChat(ada, { auto_title: false });
    const { body } = await ask(chatId, {
      content: `Compare ${marker}`,
      file_ids: [nda],
      file_name: "lease.pdf",
      file_url: `/files/${lease}/content`,
    });
    expect(filesIn(await promptOf(marker))).toEqual(["nda.docx", "lease.pdf"]);
    expect(body.user_message).toMatchObject({ file_url: `/files/${lease}/content` });
    const linked = await query("SELECT file_id FROM chat_files WHERE chat_id = $1", [chatId]);
    expect(new Set(linked.map((row) => row.file_id))).toEqual(new Set([nda, lease]));
  });

  it("keeps the passages with a custom system prompt and a history", async () => {
    const { chatId, marker } = await askedChat(ada);
    await script({ times: 0 }, marker);
    const { body } = await ask(chatId, { content: `And now? ${marker}`, file_ids: [lease] });
    const prompt = (await requestsContaining(`And now? ${marker}`)).at(-1)?.body.messages ?? [];
    expect(prompt.map(({ role }) => role)).toEqual(["system", "user", "assistant", "user"]);
    expect(body.ai_response.metadata.citations).toBeDefined();
  });
});

describe("attachments of a user message", () => {
  it("stay available to the messages after it, also past a message that is only stored", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    const chatId = await newChat(ada, { auto_title: false });
    await ask(chatId, { content: "First", file_ids: [lease] });
    await say(ada, chatId, "A note");
    const nda = await newDocument(ada, NDA, { name: "nda.docx" });
    await ask(chatId, { content: `Second ${marker}`, file_ids: [nda] });
    expect(filesIn(await promptOf(`Second ${marker}`))).toEqual(["nda.docx", "lease.pdf"]);
    const prompt = (await requestsContaining(`Second ${marker}`)).at(-1)?.body.messages ?? [];
    expect(prompt.filter(({ content }) => /<passage-\w+ id="1"/.test(content))).toHaveLength(1);
  });

  it("are not available on another branch", async () => {
    const marker = `marker-${crypto.randomUUID()}`;
    const { chatId, answer } = await askedChat(ada);
    await ask(chatId, { content: "With the lease", file_ids: [lease] });
    await ada.patch(`/chats/${chatId}`, { current_message_id: answer.id });
    const { body: chat } = await ada.get(`/chats/${chatId}`);
    const { body } = await edit(ada, chat.messages.at(-2).id, {
      content: `Without ${marker}`,
      file_ids: [],
    });
    expect(filesIn(await promptOf(marker))).toEqual([]);
    expect(body.ai_response.metadata.citations).toBeUndefined();
  });

  it("are those of a regenerated answer, and of an edited message that names none", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = `marker-${crypto.randomUUID()}`;
    const { body } = await ask(chatId, { content: `The rent? ${marker}`, file_ids: [lease] });
    await regenerate(ada, body.ai_response.id);
    expect(await requestsContaining(marker)).toHaveLength(2);
    expect(filesIn(await promptOf(marker))).toEqual(["lease.pdf"]);
    const edited = `edited-${crypto.randomUUID()}`;
    await edit(ada, body.user_message.id, { content: edited });
    expect(filesIn(await promptOf(edited))).toEqual(["lease.pdf"]);
    const nda = await newDocument(ada, NDA, { name: "nda.docx" });
    const other = `other-${crypto.randomUUID()}`;
    await edit(ada, body.user_message.id, { content: other, file_ids: [nda] });
    expect(filesIn(await promptOf(other))).toEqual(["nda.docx"]);
  });

  it("are limited to the newest fifty", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const ids = await Promise.all(
      Array.from({ length: 60 }, (_, n) => newDocument(ada, [`Text ${n}.`], { name: `${n}.txt` })),
    );
    for (const start of [0, 20, 40]) {
      await ask(chatId, { content: "Read", file_ids: ids.slice(start, start + 20) });
    }
    const marker = `marker-${crypto.randomUUID()}`;
    await ask(chatId, { content: marker });
    const files = filesIn(await promptOf(marker));
    expect(files).toHaveLength(50);
    expect(files[0]).toBe("40.txt");
    expect(files).not.toContain("19.txt");
  });

  it("become unavailable when deleted, and their citations say so, while the quotes stay", async () => {
    const gone = await newDocument(ada, NDA, { name: "gone.txt" });
    const chatId = await newChat(ada, { auto_title: false });
    const asked = await ask(chatId, { content: "How long confidential?", file_ids: [gone, lease] });
    const before = asked.body.ai_response.metadata.citations;
    expect(before.map(({ file_id: id }: Body) => id)).toContain(gone);
    await query("DELETE FROM files WHERE id = $1", [gone]);
    const { body: messages } = await ada.get(`/chats/${chatId}/messages`);
    const after = messages.at(-1).metadata.citations;
    expect(after).toEqual(
      before.map((citation: Body) => ({
        ...citation,
        status: citation.file_id === gone ? "source_deleted" : "verified",
      })),
    );
    const marker = `marker-${crypto.randomUUID()}`;
    await ask(chatId, { content: marker });
    expect(filesIn(await promptOf(marker))).toEqual(["lease.pdf"]);
  });
});

describe("a user message refused before it is stored", () => {
  const cases: [
    string,
    (chatId: string) => Promise<object>,
    number,
    Parameters<typeof expectProblem>[2],
  ][] = [
    [
      "a file that never was",
      async () => ({ file_ids: [lease, crypto.randomUUID()] }),
      404,
      "not_found",
    ],
    [
      "another user's file",
      async () => ({ file_ids: [await newDocument(eve, NDA)] }),
      404,
      "not_found",
    ],
    [
      "a file that could not be read",
      async () => ({ file_ids: [await newDocument(ada, [], { status: "failed" })] }),
      409,
      "file_failed",
    ],
    [
      "a file in ingestion, where the client does not wait",
      async () => ({
        wait: false,
        file_ids: [await newDocument(ada, [], { status: "processing" })],
      }),
      409,
      "file_processing",
    ],
  ];

  it.each(cases)("is %s; it leaves nothing, not even its key", async (_, bring, status, code) => {
    const key = newKey();
    const chatId = await newChat(ada);
    const files = await bring(chatId);
    const chats = (await ada.get("/chats")).body.total;
    const body = { content: "Hello?", ...files };
    expectProblem(await ada.post(`/chats/${chatId}/messages`, body, withKey(key)), status, code);
    expectProblem(await ada.post("/chat", body), status, code);
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(0);
    expect((await ada.get("/chats")).body.total).toBe(chats);
    const then = await ada.post(`/chats/${chatId}/messages`, { content: "Hello?" }, withKey(key));
    expect([then.status, isReplayed(then)]).toEqual([200, false]);
  });

  it("names no waiting and an earlier file that is being ingested, but not one that failed", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const file = await newDocument(ada, NDA);
    const { body } = await ask(chatId, { content: "First", file_ids: [file] });
    await setStatus(file, "processing");
    expectProblem(await ask(chatId, { content: "?", wait: false }), 409, "file_processing");
    await setStatus(file, "failed");
    expect((await ask(chatId, { content: "?" })).status).toBe(200);
    expectProblem(await regenerate(ada, body.ai_response.id), 409, "file_failed");
    expectProblem(await edit(ada, body.user_message.id, { content: "?" }), 409, "file_failed");
  });

  it("is not one with the URL of another user's file: that is text", async () => {
    const file_url = `/files/${await newDocument(eve, NDA)}/content`;
    const marker = `marker-${crypto.randomUUID()}`;
    const { status, body } = await ask(await newChat(ada), { content: marker, file_url });
    expect([status, body.user_message.file_url]).toEqual([200, file_url]);
    expect(filesIn(await promptOf(marker))).toEqual([]);
  });
});
