import { afterAll, beforeAll, expect, it } from "vitest";
import { type SignedIn, signUp } from "../support/client.ts";
import { type FastWorker, startFastWorker } from "../support/fast-worker.ts";
import { release, requestsContaining, script } from "../support/provider.ts";
import { readEvents } from "../support/sse.ts";
import { until } from "../support/until.ts";

let ada: SignedIn;
let server: FastWorker;
beforeAll(async () => {
  [ada, server] = await Promise.all([signUp(), startFastWorker()]);
});
afterAll(() => server.close());

function call(method: string, path: string, body?: unknown, signal?: AbortSignal) {
  return fetch(server.url + path, {
    method,
    headers: { authorization: `Bearer ${ada.accessToken}`, "content-type": "application/json" },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  });
}

/** A turn that has emitted its first token, and waits. */
async function heldTurn(signal?: AbortSignal) {
  const { id } = await ada.post("/chats", { auto_title: false }).then((response) => response.body);
  const marker = await script({ tokens: ["First ", "last."], holdAfter: 1 });
  const response = await call("POST", `/chats/${id}/messages/stream`, { content: marker }, signal);
  const events = readEvents(response);
  for (let next = await events.next(); next.value?.name !== "content_delta";)
    next = await events.next();
  return { chatId: String(id), marker, events };
}

it("A client that disconnects stops nothing: the provider is read to its end, and the answer stored", async () => {
  const leaving = new AbortController();
  const { chatId, marker, events } = await heldTurn(leaving.signal);
  leaving.abort();
  await expect(events.next()).rejects.toThrow("abort");
  await release(marker);
  const answer = await until(async () => {
    const { body } = await ada.get(`/chats/${chatId}/messages`);
    return body.at(-1).status === "complete" && body.at(-1);
  });
  expect(answer.content).toBe("First last.");
  expect((await requestsContaining(marker))[0]?.aborted).toBe(false);
});

it("Deleting a chat closes the provider's connection, so that nothing more is billed", async () => {
  const { chatId, marker } = await heldTurn();
  expect((await call("DELETE", `/chats/${chatId}`)).status).toBe(200);
  await until(async () => (await requestsContaining(marker))[0]?.aborted);
});
