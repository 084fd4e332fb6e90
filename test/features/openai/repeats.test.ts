import OpenAI from "openai";
import { beforeAll, describe, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { type Body, type SignedIn, signUp } from "../../support/client.ts";
import { atOnce } from "../../support/keys.ts";
import { openAiClient } from "../../support/openai-client.ts";
import { callsContaining, countCalls, injectFault, query } from "../../support/postgres.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let key: string;
beforeAll(async () => {
  ada = await signUp();
  ({ key } = await newApiKey(ada, ["chat"]));
});

const MODEL = "gpt-4o-mini";
const request = (content: string) => ({
  model: MODEL,
  messages: [{ role: "user" as const, content }],
});

const AS_REPEAT = { headers: { "x-stainless-retry-count": "1" } };

/** Loses the first response once the request has arrived, so that the client repeats it. */
function losingFirst(hasArrived: () => Promise<unknown>): typeof fetch {
  let sent = 0;
  return async (url, init) => {
    sent += 1;
    const response = fetch(url, init);
    if (sent > 1) return response;
    response.then((lost) => lost.body?.cancel()).catch(() => undefined);
    await hasArrived();
    throw new TypeError("the connection was lost");
  };
}

const textOf = ({ choices }: Body) => choices[0].message.content;
const asked = async (marker: string) => (await answersContaining(marker)).length;
const wasAsked = (marker: string) => until(async () => (await asked(marker)) > 0);

const isEnded = (marker: string) =>
  until(async () => {
    const ended = await query(
      `SELECT a.id FROM messages AS a JOIN messages AS u ON u.id = a.parent_id
       WHERE u.content = $1 AND a.status = 'complete'`,
      [marker],
    );
    return ended.length > 0;
  });

describe("a completion whose response is lost", () => {
  it("is not generated again while it runs: the client's repeat gets the same", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const fetch = losingFirst(() => wasAsked(marker));
    const completion = openAiClient(key, { maxRetries: 1, fetch }).chat.completions.create(
      request(marker),
    );
    await wasAsked(marker);
    await release(marker);
    expect(textOf(await completion)).toBe("One two.");
    expect(await asked(marker)).toBe(1);
  });

  it("is not generated again once it has ended", async () => {
    const marker = await script({ tokens: ["One ", "two."] });
    const fetch = losingFirst(() => isEnded(marker));
    const client = openAiClient(key, { maxRetries: 1, fetch });
    const { data, response } = await client.chat.completions.create(request(marker)).withResponse();
    expect(textOf(data)).toBe("One two.");
    expect(response.headers.get("idempotent-replayed")).toBe("true");
    expect(await asked(marker)).toBe(1);
  });

  it("is streamed from its first chunk", async () => {
    const marker = await script({ tokens: ["One ", "two."] });
    const fetch = losingFirst(() => isEnded(marker));
    const client = openAiClient(key, { maxRetries: 1, fetch });
    const completion = await client.chat.completions.stream(request(marker)).finalChatCompletion();
    expect(textOf(completion)).toBe("One two.");
    expect(await asked(marker)).toBe(1);
  });

  it("is generated once however many repeats come at once", async () => {
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const client = openAiClient(key);
    const repeats = atOnce(10, async () =>
      client.chat.completions.create(request(marker), AS_REPEAT),
    );
    await wasAsked(marker);
    await release(marker);
    const completions = await repeats;
    expect(new Set(completions.map(({ id }) => id)).size).toBe(1);
    expect(await asked(marker)).toBe(1);
  });
});

describe("a completion in a chat that is named", () => {
  it("is attached to by its repeat, and refuses another call while it runs", async () => {
    const { id } = (await ada.post("/chats", { auto_title: false })).body;
    const marker = await script({ tokens: ["One ", "two."], holdAfter: 1 });
    const client = openAiClient(key);
    const inChat = { ...request(marker), metadata: { chat_id: id } };
    const first = client.chat.completions.create(inChat);
    await wasAsked(marker);
    const repeat = client.chat.completions.create(inChat, AS_REPEAT);
    const another = client.chat.completions.create(inChat);
    await expect(another).rejects.toMatchObject({ status: 409, code: "turn_in_progress" });
    await release(marker);
    expect((await repeat).id).toBe((await first).id);
    expect((await ada.get(`/chats/${id}`)).body.message_count).toBe(2);
    expect(await asked(marker)).toBe(1);
  });
});

describe("a completion", () => {
  it("takes one trip to Postgres before the provider is called, and one after", async () => {
    const marker = await script({ tokens: [`Yes, ${crypto.randomUUID()}.`] });
    const client = openAiClient(key);
    const create = async () => client.chat.completions.create(request(marker));
    expect(await countCalls(marker, create)).toBe(1);
    const completion = await create();
    expect(await callsContaining(textOf(completion))).toHaveLength(2);
  });

  it("is one where the response of Postgres to its beginning is lost, repeated or not", async () => {
    for (const options of [{}, AS_REPEAT]) {
      const marker = await script({ tokens: ["Yes."] });
      await injectFault({ contains: marker, times: 1, kind: "cut_after_commit" });
      const completion = await openAiClient(key).chat.completions.create(
        {
          model: MODEL,
          messages: [{ role: "user", content: "One" }, ...request(marker).messages],
          store: true,
        },
        options,
      );
      expect(textOf(completion)).toBe("Yes.");
      expect(await asked(marker)).toBe(1);
      const { chat_id: chatId } = completion as Body;
      const { body: chat } = await ada.get(`/chats/${chatId}`);
      expect(chat.messages.map(({ content }: Body) => content)).toEqual(["One", marker, "Yes."]);
      expect(chat.message_count).toBe(3);
    }
  });
});

describe("the same completion", () => {
  it("requested twice is two, one after the other and at once", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const client = openAiClient(key);
    const create = async () => client.chat.completions.create(request(marker));
    const completions = [await create(), ...(await atOnce(3, create))];
    expect(new Set(completions.map(({ id }) => id)).size).toBe(4);
    expect(await asked(marker)).toBe(4);
    const repeat = await client.chat.completions.create(request(marker), AS_REPEAT);
    expect(completions.slice(1).map(({ id }) => id)).toContain(repeat.id);
    expect(await asked(marker)).toBe(4);
  });

  it("is generated again by the repeat of one that failed", async () => {
    const marker = await script({ times: 1, errorStatus: 400, errorBody: { error: {} } });
    const client = openAiClient(key);
    const failed = client.chat.completions.create(request(marker));
    await expect(failed).rejects.toBeInstanceOf(OpenAI.APIError);
    const completion = await client.chat.completions.create(request(marker), AS_REPEAT);
    expect(textOf(completion)).not.toBe("");
    const again = await client.chat.completions.create(request(marker), AS_REPEAT);
    expect(again.id).toBe(completion.id);
    expect(await asked(marker)).toBe(2);
  });

  it("is generated again for another key, with another body, and after ten minutes", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const client = openAiClient(key);
    const first = await client.chat.completions.create(request(marker));
    const other = openAiClient((await newApiKey(ada, ["chat"])).key);
    const ofOther = await other.chat.completions.create(request(marker), AS_REPEAT);
    const colder = { ...request(marker), temperature: 0 };
    const ofBody = await client.chat.completions.create(colder, AS_REPEAT);
    expect(new Set([first.id, ofOther.id, ofBody.id]).size).toBe(3);
    await query(
      "UPDATE idempotency_keys SET created_at = created_at - interval '10 minutes' WHERE user_id = $1",
      [ada.user.id],
    );
    const late = await client.chat.completions.create(request(marker), AS_REPEAT);
    expect(late.id).not.toBe(first.id);
    const repeat = await client.chat.completions.create(request(marker), AS_REPEAT);
    expect(repeat.id).toBe(late.id);
  });

  it("with an Idempotency-Key is one, as on every other route", async () => {
    const marker = await script({ tokens: ["Yes."] });
    const client = openAiClient(key);
    const header = { headers: { "idempotency-key": crypto.randomUUID() } };
    const first = await client.chat.completions.create(request(marker), header);
    const second = await client.chat.completions.create(request(marker), header);
    expect(second.id).toBe(first.id);
    const changed = client.chat.completions.create(request(`${marker}!`), header);
    await expect(changed).rejects.toMatchObject({ status: 422, code: "idempotency_key_reused" });
  });
});
