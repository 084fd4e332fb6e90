/** Crashes and outages between the call of a provider and the commit of its turn. */
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { setBudget } from "../../support/budgets.ts";
import { at, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { answersContaining, release } from "../../support/provider.ts";
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

let server: FastWorker;
beforeAll(async () => {
  server = await startFastWorker({ TURN_LIMITS: JSON.stringify({ watchdog_ms: 1_000 }) });
});
afterAll(() => server.close());

let ada: SignedIn;
let chatId: string;
beforeEach(async () => {
  ada = at(server.url, await signUp());
  chatId = await warmChat(ada);
});

const messages = async () => (await ada.get(`/chats/${chatId}/messages`)).body;

/** The chat's last answer, once it is over. */
const endedAnswer = () =>
  until(async () => {
    const answer = (await messages()).at(-1);
    return answer.status !== "streaming" && answer;
  });

it("A crash between the call and the commit leaves its estimated cost, and no half turn", async () => {
  const { marker, response } = await askEarly(ada, chatId);
  const lost = response.catch(() => "lost");
  await server.crash();
  expect(await lost).toBe("lost");
  await closedConnection(marker);
  const rows = await ledgerOf(ada, 2);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({ message_id: null, estimated: "t", completion_tokens: "0" });
  expect(await messages()).toHaveLength(2);
  expect(await errorsOfLedger(ada)).toEqual([]);
  const { body } = await sendTo(ada, chatId, { content: "And now?" });
  expect(body.ai_response).toMatchObject({ status: "complete" });
  expect(await ledgerOf(ada, 3)).toHaveLength(3);
});

it("A crash after the commit interrupts the turn, which has one usage row", async () => {
  const { marker, response } = await askEarly(ada, chatId, { how: { tokens: ["One."] } });
  const lost = response.catch(() => "lost");
  await until(async () => (await messages()).length === 4);
  await server.crash();
  await lost;
  const last = await endedAnswer();
  expect(last).toMatchObject({ status: "interrupted", content: "" });
  const rows = await ledgerOf(ada, 2);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({ message_id: last.id, estimated: "t" });
  expect(await errorsOfLedger(ada)).toEqual([]);
  await release(marker);
});

it("Where Postgres commits, and does not say so, the turn is interrupted, and its call paid", async () => {
  await hang(chatId, { kind: "sql_error_after_commit", times: 2 });
  const { status, body } = await sendTo(ada, chatId, { content: "Is it there?" });
  expect([status, body.code]).toEqual([503, "database_unavailable"]);
  const last = await endedAnswer();
  expect(last).toMatchObject({ status: "interrupted", content: "" });
  const rows = await ledgerOf(ada, 2);
  expect(rows).toHaveLength(2);
  expect(rows[1]).toMatchObject({ message_id: last.id, estimated: "t" });
  expect(await errorsOfLedger(ada)).toEqual([]);
  expect(await answersContaining("Is it there?")).not.toEqual([]);
});

it("Where Postgres cannot be reached, the call is paid once it can", async () => {
  const remove = await hang(chatId, { kind: "refuse", times: 1_000 });
  const content = `Is it there? ${crypto.randomUUID()}`;
  const { status, body } = await sendTo(ada, chatId, { content });
  expect([status, body.code]).toEqual([503, "database_unavailable"]);
  expect(await answersContaining(content)).toHaveLength(1);
  await remove();
  expect(await ledgerOf(ada, 2)).toHaveLength(2);
  expect(await messages()).toHaveLength(2);
  expect(await errorsOfLedger(ada)).toEqual([]);
});

it("The cost of a refused turn is recorded where Postgres fails right after the refusal", async () => {
  await setBudget(ada, "day", { tokens: 1 });
  await hang(chatId, { kind: "refuse", skip: 1, times: 3 });
  const { body } = await sendTo(ada, chatId, { content: "And?" });
  expect(body.code).toBe("budget_exhausted");
  expect(await ledgerOf(ada, 2)).toHaveLength(2);
  expect(await errorsOfLedger(ada)).toEqual([]);
});
