/** A room that has finished a turn calls the provider of the next one while Postgres commits it. */
import { beforeAll, describe, expect, it } from "vitest";
import { askedChat, edit, regenerate, stream } from "../../support/branches.ts";
import { grow, newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { callsContaining, countCalls, query } from "../../support/postgres.ts";
import { answersContaining, release, script } from "../../support/provider.ts";
import { openTab } from "../../support/socket.ts";
import { allEvents, textOf } from "../../support/sse.ts";
import { until } from "../../support/until.ts";
import {
  askEarly,
  closedConnection,
  errorsOfLedger,
  hang,
  ledgerOf,
  sendTo,
  warmChat,
} from "../../support/warm-rooms.ts";

let ada: SignedIn;
beforeAll(async () => {
  ada = await signUp();
});

/** A refused turn: the room forgets what it knows. */
const cool = (chatId: string) =>
  sendTo(ada, chatId, { content: "?", file_ids: [crypto.randomUUID()] });

const bodiesOf = async (marker: string) =>
  (await answersContaining(marker)).map(({ body }) => body);

describe("in a room that has finished a turn, the next one", () => {
  it("calls the provider while Postgres hangs, and emits nothing before the commit", async () => {
    const chatId = await warmChat(ada);
    const marker = await script({ kind: "answer", tokens: ["Of ", "course."] });
    await hang(chatId);
    const path = `/chats/${chatId}/messages/stream`;
    let hasResponse = false;
    const response = stream(ada, "POST", path, { content: marker }).then((streamed) => {
      hasResponse = true;
      return streamed;
    });
    // By then the provider has sent its whole answer.
    await until(async () => (await answersContaining(marker)).length === 1);
    expect(hasResponse).toBe(false);
    expect((await ada.get(`/chats/${chatId}/messages`)).body).toHaveLength(2);
    const events = await allEvents(await response);
    expect(events.slice(0, 2).map(({ name }) => name)).toEqual([
      "user_message",
      "ai_message_start",
    ]);
    expect(events.at(-1)?.name).toBe("stream_complete");
    expect(textOf(events)).toBe("Of course.");
    const { message } = events.find(({ name }) => name === "ai_message_complete")?.data ?? {};
    expect(message).toMatchObject({ content: "Of course.", status: "complete" });
    expect(message.metadata.timings.overhead_ms).toBeGreaterThan(0);
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("is one call, one usage row with the provider's count, and two trips to Postgres", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const usage = { prompt_tokens: 41, completion_tokens: 7 };
    const marker = await script({ kind: "answer", tokens: ["Yes."], usage });
    const trips = await countCalls(chatId, async () => {
      const { body } = await sendTo(of, chatId, { content: marker });
      expect(body.ai_response).toMatchObject({ content: "Yes.", status: "complete" });
    });
    expect(trips).toBe(2);
    const rows = await ledgerOf(of, 2);
    expect(rows).toHaveLength(2);
    expect(rows[1]).toMatchObject({ attempt: "1", prompt_tokens: "41", estimated: "f" });
    expect(await errorsOfLedger(of)).toEqual([]);
  });

  it("has the prompt that a cold room sends, to the byte", async () => {
    const [warm, cold] = [await newChat(ada), await newChat(ada)];
    const failing = await script({ kind: "answer", times: 2, errorStatus: 500 });
    const contents = ["Is a fax a written notice?", ` \n ${failing}`, "  ", "é 契約 👩‍⚖️"];
    for (const said of contents) {
      const marker = await script({ kind: "answer", tokens: ["So. "] });
      const content = said.trim() === "" ? said : `${said} ${marker}`;
      await cool(cold);
      await sendTo(ada, warm, { content });
      await sendTo(ada, cold, { content });
      if (said.trim() === "") continue;
      const [first, second, ...rest] = await bodiesOf(marker);
      expect(first).toEqual(second);
      expect(rest).toEqual([]);
    }
    const { called, marker } = await askEarly(ada, warm, { how: { holdAfter: 1 } });
    await release(marker);
    await cool(cold);
    await sendTo(ada, cold, { content: marker });
    const [, ofCold] = await bodiesOf(marker);
    expect(ofCold).toEqual(called.body);
    expect(called.body.messages.length).toBeGreaterThan(contents.length);
  });

  it("does so after an edit and after another answer, too, on the new branch", async () => {
    const { chatId, userMessage, answer } = await askedChat(ada);
    await regenerate(ada, answer.id, { stream: false });
    await edit(ada, userMessage.id, { content: "On a new branch?", stream: false });
    const { called, marker, response } = await askEarly(ada, chatId);
    await release(marker);
    expect((await response).status).toBe(200);
    const said = called.body.messages.slice(1).map(({ content }) => content);
    expect(said[0]).toBe("On a new branch?");
    expect(said).toHaveLength(3);
    expect(await answersContaining(marker)).toHaveLength(1);
  });

  it("is repeated by its key without another call", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const marker = await script({ kind: "answer", tokens: ["Once."] });
    const headers = { "idempotency-key": `key-${crypto.randomUUID()}` };
    const first = await sendTo(of, chatId, { content: marker }, headers);
    const again = await sendTo(of, chatId, { content: marker }, headers);
    expect(again.headers.get("idempotent-replayed")).toBe("true");
    expect(again.body.ai_response.id).toBe(first.body.ai_response.id);
    expect(await answersContaining(marker)).toHaveLength(1);
    expect(await ledgerOf(of, 2)).toHaveLength(2);
  });

  it("fails after its commit, and is called once, where the provider refuses the call", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const { marker, response } = await askEarly(of, chatId, { how: { errorStatus: 500 } });
    const { status, body } = await response;
    expect([status, body.code]).toEqual([502, "ai_unavailable"]);
    const [last] = (await of.get(`/chats/${chatId}/messages`)).body.slice(-1);
    expect(last.status).toBe("failed");
    expect(await answersContaining(marker)).toHaveLength(1);
    expect(await ledgerOf(of, 2)).toHaveLength(2);
  });
});

describe("a call that is made before the commit is cancelled, and paid by an estimate, where", () => {
  it("another path has moved the branch: the turn goes on with what Postgres has", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const [last] = await query("SELECT current_message_id AS id FROM chats WHERE id = $1", [
      chatId,
    ]);
    const more = await grow(chatId, last?.id ?? null, ["Imported?", "Imported."]);
    await query(
      "UPDATE chats SET current_message_id = $2, message_count = message_count + 2 WHERE id = $1",
      [chatId, more.at(-1)],
    );
    const { marker, response } = await askEarly(of, chatId);
    await until(async () => (await answersContaining(marker)).length === 2);
    await release(marker);
    expect((await response).body.ai_response).toMatchObject({ status: "complete" });
    const [early, ordinary] = await answersContaining(marker);
    expect(early?.aborted).toBe(true);
    expect(ordinary?.body.messages.map(({ content }) => content)).toContain("Imported.");
    const [, cancelled, answered] = await ledgerOf(of, 3);
    expect(cancelled).toMatchObject({ attempt: "1", estimated: "t", completion_tokens: "0" });
    expect(answered).toMatchObject({ attempt: "2", message_id: cancelled?.message_id });
    expect(await errorsOfLedger(of)).toEqual([]);
  });

  it("the turn is stopped: it ends without text", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const { marker, response } = await askEarly(of, chatId);
    const stopped = await of.post(`/chats/${chatId}/stop`, {});
    expect(stopped.body).toMatchObject({ status: "stopped", content: "" });
    await closedConnection(marker);
    expect((await response).body.ai_response).toMatchObject({ status: "stopped", content: "" });
    const [, cancelled] = await ledgerOf(of, 2);
    expect(cancelled).toMatchObject({ attempt: "1", estimated: "t" });
    expect(Number(cancelled?.prompt_tokens)).toBeGreaterThan(0);
    expect(await errorsOfLedger(of)).toEqual([]);
  });

  it("the provider sends more than a room holds: it is called again after the commit", async () => {
    const of = await signUp();
    const chatId = await warmChat(of);
    const tokens = Array.from({ length: 100 }, () => "word ".repeat(1_000));
    const { marker, response } = await askEarly(of, chatId, { how: { tokens, holdAfter: 100 } });
    await closedConnection(marker);
    await until(async () => (await answersContaining(marker)).length === 2);
    await release(marker);
    expect((await response).body.ai_response.content).toBe(tokens.join(""));
    const [, cancelled, answered] = await ledgerOf(of, 3);
    expect([cancelled?.estimated, answered?.attempt]).toEqual(["t", "2"]);
    expect(Number(cancelled?.completion_tokens)).toBeGreaterThan(50_000);
    expect(await errorsOfLedger(of)).toEqual([]);
  });
});

describe("a room does not call the provider before the commit", () => {
  /** Sends while Postgres hangs: the provider is called only after it. */
  async function expectCold(chatId: string, body: object = {}): Promise<void> {
    const marker = await script({ kind: "answer", tokens: ["Later."] });
    const before = (await callsContaining(chatId)).length;
    const remove = await hang(chatId, { kind: "sql_error", code: "23514" });
    await sendTo(ada, chatId, { content: marker, ...body });
    await remove();
    expect((await callsContaining(chatId)).length).toBeGreaterThan(before);
    expect(await answersContaining(marker)).toEqual([]);
  }

  it("of its first turn, and after a turn that was refused", async () => {
    await expectCold(await newChat(ada));
    const chatId = await warmChat(ada);
    expect((await cool(chatId)).status).toBe(404);
    await expectCold(chatId);
  });

  it("of a turn that names files", async () => {
    await expectCold(await warmChat(ada), { file_ids: [] });
  });

  it("after the chat was changed by another request", async () => {
    const chatId = await warmChat(ada);
    const tab = await openTab(ada, chatId);
    await ada.patch(`/chats/${chatId}`, { title: "Renamed" });
    await tab.until("chat_updated");
    await expectCold(chatId);
    tab.close();
  });

  it("where the path is longer than a room remembers", async () => {
    const chatId = await newChat(ada);
    for (let turn = 0; turn < 9; turn++) {
      await sendTo(ada, chatId, { content: "é".repeat(15_000) });
    }
    await expectCold(chatId);
  });
});
