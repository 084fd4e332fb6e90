import { beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { newDocument } from "../../support/documents.ts";
import { injectFault, query } from "../../support/postgres.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** A chat whose message has a file attached; returns its tag. */
async function askedAbout(fileId: string): Promise<{ chatId: string; tag: string }> {
  const chatId = await newChat(ada, { auto_title: false });
  const asked = { content: "What is the deposit?", file_ids: [fileId] };
  expect((await ada.post(`/chats/${chatId}/messages`, asked)).status).toBe(200);
  return { chatId, tag: await tagOf(chatId) };
}

const tagOf = async (chatId: string) =>
  (await ada.get(`/chats/${chatId}`)).headers.get("etag") ?? "";

const ifChanged = (chatId: string, tag: string) =>
  ada.get(`/chats/${chatId}`, { "if-none-match": tag });

const versionOf = async (chatId: string) =>
  Number((await query("SELECT version FROM chats WHERE id = $1", [chatId]))[0]?.version);

it("Deleting a file changes the tags of the chats whose citations name it, and of no other", async () => {
  const text = "The tenant pays a deposit of two months' rent before the lease begins.";
  const [file, other] = [await newDocument(ada, [text]), await newDocument(ada, [text])];
  const [one, two] = [await askedAbout(file), await askedAbout(file)];
  const unrelated = await askedAbout(other);
  const { updated_at: updatedAt } = (await ada.get(`/chats/${one.chatId}`)).body;
  expect((await ifChanged(one.chatId, one.tag)).status).toBe(304);
  expect((await ada.delete(`/files/${file}`)).status).toBe(204);
  for (const { chatId, tag } of [one, two]) {
    const { status, headers, body } = await ifChanged(chatId, tag);
    expect(status).toBe(200);
    expect(headers.get("etag")).not.toBe(tag);
    const { citations } = body.messages.at(-1).metadata;
    expect(citations).toMatchObject([{ file_id: file, status: "source_deleted" }]);
  }
  expect((await ada.get(`/chats/${one.chatId}`)).body.updated_at).toBe(updatedAt);
  expect((await ifChanged(unrelated.chatId, unrelated.tag)).status).toBe(304);
});

it("A refused or repeated deletion does not raise a version a second time", async () => {
  const file = await newDocument(ada, ["The deposit is two months' rent, paid in advance."]);
  const { chatId } = await askedAbout(file);
  const before = await versionOf(chatId);
  const eve = await signUp();
  expect((await eve.delete(`/files/${file}`)).status).toBe(404);
  expect(await versionOf(chatId)).toBe(before);
  await injectFault({ contains: file, times: 1, kind: "cut_after_commit" });
  expect((await ada.delete(`/files/${file}`)).status).toBe(204);
  expect((await ada.delete(`/files/${file}`)).status).toBe(404);
  expect(await versionOf(chatId)).toBe(before + 1);
});
