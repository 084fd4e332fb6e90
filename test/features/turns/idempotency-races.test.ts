import { beforeAll, describe, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { expectProblem, type SignedIn, signUp } from "../../support/client.ts";
import { atOnce, isReplayed, newKey, withKey } from "../../support/keys.ts";
import { query } from "../../support/postgres.ts";
import { release, requestsContaining, script } from "../../support/provider.ts";
import { releaseAfterRefusals } from "../../support/races.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** An answer that waits until the test releases it. */
const heldAnswer = () => script({ kind: "answer", tokens: ["One."], holdAfter: 0 });

describe("at once", () => {
  it("twenty keys in one chat begin one turn; the keys of the others stay free", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = await heldAnswer();
    const keys = Array.from({ length: 20 }, newKey);
    const ask = (key: string) =>
      ada.post(`/chats/${chatId}/messages`, { content: marker }, withKey(key));
    const responses = await releaseAfterRefusals(keys.map(ask), 19, marker);
    const refused = responses.filter(({ status }) => status !== 200);
    for (const response of refused) expectProblem(response, 409, "turn_in_progress");
    const kept = await query("SELECT key FROM idempotency_keys WHERE chat_id = $1", [chatId]);
    expect(kept).toEqual([{ key: keys[responses.findIndex(({ status }) => status === 200)] }]);
    const free = keys[responses.findIndex(({ status }) => status !== 200)] ?? "";
    const then = await ask(free);
    expect([then.status, isReplayed(then)]).toEqual([200, false]);
    expect((await ada.get(`/chats/${chatId}`)).body.message_count).toBe(4);
  });

  it("two bodies under one key begin one turn; the other body is refused", async () => {
    const bob = await signUp();
    const marker = await heldAnswer();
    const key = newKey();
    const contents = Array.from({ length: 20 }, (_, index) => `${marker} ${index % 2}`);
    const sends = contents.map((content) => bob.post("/chat", { content }, withKey(key)));
    const responses = await releaseAfterRefusals(sends, 10, marker);
    const [refused, given] = [false, true].map((ok) =>
      responses.filter(({ status }) => (status === 200) === ok),
    );
    for (const response of refused ?? []) expectProblem(response, 422, "idempotency_key_reused");
    expect(given).toHaveLength(10);
    for (const { body } of given ?? []) expect(body).toEqual(given?.[0]?.body);
    expect((await bob.get("/chats")).body.total).toBe(1);
    expect((await requestsContaining(marker)).filter((seen) => seen.body.stream)).toHaveLength(1);
  });

  it("sends of two users under one key are two turns", async () => {
    const [bob, eve] = await Promise.all([signUp(), signUp()]);
    const marker = await heldAnswer();
    const key = newKey();
    const sends = [bob, eve].map((of) =>
      atOnce(5, () => of.post("/chat", { content: marker }, withKey(key))),
    );
    const asked = async () => (await requestsContaining(marker)).filter((seen) => seen.body.stream);
    await until(async () => (await asked()).length === 2);
    await release(marker);
    const [his = [], hers = []] = await Promise.all(sends);
    for (const { body } of his) expect(body.chat_id).toBe(his[0]?.body.chat_id);
    for (const { body } of hers) expect(body.chat_id).toBe(hers[0]?.body.chat_id);
    expect(hers[0]?.body.chat_id).not.toBe(his[0]?.body.chat_id);
    expect(await asked()).toHaveLength(2);
  });

  it("a waiting repetition gets 404 when its chat is deleted", async () => {
    const chatId = await newChat(ada, { auto_title: false });
    const marker = await heldAnswer();
    const key = newKey();
    const ask = () => ada.post(`/chats/${chatId}/messages`, { content: marker }, withKey(key));
    const sends = [ask(), ask(), ask()];
    await until(async () => (await requestsContaining(marker)).length > 0);
    await ada.delete(`/chats/${chatId}`);
    for (const response of await Promise.all(sends)) expectProblem(response, 404, "not_found");
    expectProblem(await ask(), 404, "not_found");
    await release(marker);
    expect(await requestsContaining(marker)).toHaveLength(1);
  });
});
