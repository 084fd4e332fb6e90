import { afterAll, beforeAll, expect, it } from "vitest";
import { newChat } from "../../support/chats.ts";
import { type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker } from "../../support/fast-worker.ts";
import { callsContaining, injectFault } from "../../support/postgres.ts";
import { allEvents } from "../../support/sse.ts";
import { until } from "../../support/until.ts";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  const TURN_LIMITS = JSON.stringify({ log_kept_ms: 500, watchdog_ms: 500 });
  [ada, server] = await Promise.all([signUp(), startFastWorker({ TURN_LIMITS })]);
});
afterAll(() => server.close());

function post(path: string, body: object): Promise<Response> {
  return fetch(server.url + path, {
    method: "POST",
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    body: JSON.stringify({ stream: true, ...body }),
  });
}

const nothingKept = () => until(async () => (await server.keptRooms()) === 0);

it("Sends that Postgres refuses leave nothing in the rooms of chats that never existed", async () => {
  const content = `marker-${crypto.randomUUID()}`;
  const restore = await injectFault({ contains: content, times: 1_000, kind: "refuse" });
  const sends = Array.from({ length: 5 }, () => post("/chat", { content }));
  for (const { status } of await Promise.all(sends)) expect(status).toBe(503);
  expect(await server.keptRooms()).toBe(5);
  await nothingKept();
  await restore();
});

it("A send lost in a crash before its commit leaves nothing", async () => {
  const content = `marker-${crypto.randomUUID()}`;
  const chatId = crypto.randomUUID();
  await injectFault({ contains: content, times: 1, kind: "delay", delayMs: 3_000 });
  const send = post(`/chats/${chatId}/messages/stream`, { content }).catch(() => undefined);
  await until(async () => (await callsContaining(content)).length === 1);
  await server.crash();
  await send;
  expect(await server.keptRooms()).toBe(1);
  await nothingKept();
});

it("A send without a turn takes no event ids, also when the room was lost after it", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const send = (content: string) => post(`/chats/${chatId}/messages/stream`, { content });
  const last = (await allEvents(await send("Hello?"))).at(-1)?.id ?? 0;
  const lost = `marker-${crypto.randomUUID()}`;
  await injectFault({ contains: lost, times: 2, kind: "status", status: 500 });
  expect((await send(lost)).status).toBe(503);
  await server.crash();
  expect((await allEvents(await send("And now?")))[0]?.id).toBe(last + 1);
});

it("A room whose turns were pruned keeps the count of its event ids", async () => {
  const chatId = await newChat(ada, { auto_title: false });
  const send = () => post(`/chats/${chatId}/messages/stream`, { content: "Hello?" });
  const last = (await allEvents(await send())).at(-1)?.id ?? 0;
  await until(async () => {
    const headers = { authorization: `Bearer ${ada.accessToken}` };
    const read = await fetch(`${server.url}/chats/${chatId}/stream?after=1`, { headers });
    await read.text();
    return read.status === 204;
  });
  await server.crash();
  expect((await allEvents(await send()))[0]?.id).toBe(last + 1);
});
