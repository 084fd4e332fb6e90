import type { Page } from "playwright-core";
import { expect, inject, it } from "vitest";
import { newAppVisitor } from "../../support/app-page.ts";
import { type SignedIn, signUpWithFiles } from "../../support/client.ts";

const LISTS = /\/chats\/[^/]+\/feedback/;

const good = (tab: Page, options: { pressed?: boolean } = {}) =>
  tab.getByRole("button", { name: "Good answer", ...options });

/** A chat with two answers. */
async function newAnswers(person: SignedIn): Promise<{ chatId: string; answerIds: string[] }> {
  const { body: first } = await person.post("/chat", { content: "Is this valid?" });
  const path = `/chats/${first.chat_id}/messages`;
  const { body: second } = await person.post(path, { content: "And this?" });
  return {
    chatId: first.chat_id,
    answerIds: [first.ai_response.id, second.ai_response.id],
  };
}

/** A browser of a person who is signed in. */
async function visitAs(person: SignedIn) {
  const visitor = await newAppVisitor(inject("platformUrl"));
  await visitor.signInAs(person);
  return visitor;
}

it("A rating is shown after a reload and in other tabs, until it is taken back", async () => {
  const person = await signUpWithFiles();
  const { chatId, answerIds } = await newAnswers(person);
  const visitor = await visitAs(person);
  const page = await visitor.openApp(`/app/chats/${chatId}`);
  const second = await visitor.open(page.url());
  await good(second).last().waitFor();
  await good(page).last().click();
  await good(page, { pressed: true }).waitFor();
  await good(second, { pressed: true }).waitFor();
  const { body } = await person.get(`/chats/${chatId}/feedback`);
  expect(body.feedback).toMatchObject([{ message_id: answerIds[1], rating: "up" }]);

  await page.reload();
  await good(page, { pressed: true }).click();
  for (const tab of [page, second]) {
    await good(tab, { pressed: true }).waitFor({ state: "detached" });
    expect(await good(tab).count()).toBe(2);
  }
  expect((await person.get(`/chats/${chatId}/feedback`)).body.feedback).toEqual([]);
});

it("Ratings are shown however many pages their list has", async () => {
  const person = await signUpWithFiles();
  const { chatId, answerIds } = await newAnswers(person);
  for (const id of answerIds) await person.put(`/messages/${id}/feedback`, { rating: "up" });
  const visitor = await visitAs(person);
  await visitor.context.route(LISTS, (route) =>
    route.continue({
      url: route
        .request()
        .url()
        .replace(/limit=\d+/, "limit=1"),
    }),
  );
  const page = await visitor.openApp(`/app/chats/${chatId}`);
  await expect.poll(() => good(page, { pressed: true }).count()).toBe(2);
});

it("Ratings that cannot be loaded are no error of the chat, whose answers can be rated", async () => {
  const person = await signUpWithFiles();
  const { chatId, answerIds } = await newAnswers(person);
  for (const id of answerIds) await person.put(`/messages/${id}/feedback`, { rating: "down" });
  const visitor = await visitAs(person);
  visitor.expectErrors(/status of 503/);
  await visitor.context.route(LISTS, (route) => route.fulfill({ status: 503 }));
  const page = await visitor.openApp(`/app/chats/${chatId}`);
  await good(page).last().click();
  await good(page, { pressed: true }).waitFor();
  expect(await page.getByRole("button", { name: "Bad answer", pressed: true }).count()).toBe(0);
  expect(await page.locator(".toast, .notice").count()).toBe(0);
});
