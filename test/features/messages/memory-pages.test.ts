import { beforeAll, expect, it } from "vitest";
import { chatOf } from "../../support/chats.ts";
import { at, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker, WITH_LITTLE_MEMORY } from "../../support/fast-worker.ts";
import { query } from "../../support/postgres.ts";
import { getSilently } from "../../support/silent-client.ts";

/** 25 MiB of the longest messages: an isolate has 128, and four of these would not fit in it. */
const MESSAGES = 200;
const LONGEST = "repeat('😀', 32000)";

/** Above the idle process. */
const MOST_GROWTH_MIB = { pages: 32, exports: 120 };

const TIMEOUT_MS = 120_000;

let ada: SignedIn;
let chatId: string;
beforeAll(async () => {
  ada = await signUp();
  chatId = (await chatOf(ada, MESSAGES)).id;
  await query(
    `UPDATE messages SET content = ${LONGEST}, status = 'failed' WHERE chat_id = $1 AND type = 'bot'`,
    [chatId],
  );
  await query(`UPDATE messages SET content = ${LONGEST} WHERE chat_id = $1 AND type = 'user'`, [
    chatId,
  ]);
}, TIMEOUT_MS);

/** How far a new process grows by four requests at once. */
async function growthBy(use: (worker: FastWorker, person: SignedIn) => Promise<unknown>) {
  const worker = await startFastWorker({}, WITH_LITTLE_MEMORY);
  try {
    const person = at(worker.url, ada);
    await person.get(`/chats/${chatId}/messages?limit=1`);
    const four = () => Promise.all([1, 2, 3, 4].map(() => use(worker, person)));
    return await worker.growthMiB(four);
  } finally {
    await worker.close();
  }
}

async function drain(response: Response): Promise<number> {
  let bytes = 0;
  for await (const piece of response.body ?? []) bytes += piece.length;
  return bytes;
}

it("Four concurrent pages of the longest messages", { timeout: TIMEOUT_MS }, async () => {
  const growth = await growthBy(async (_worker, person) => {
    const response = await person.fetch(`/chats/${chatId}/messages?limit=200`);
    expect(await drain(response)).toBeLessThan(2 * 1024 * 1024);
    expect(response.headers.get("link")).toContain('rel="next"');
  });
  expect(growth).toBeLessThan(MOST_GROWTH_MIB.pages);
});

it.each(["format=json&branches=all", "format=markdown"])(
  "Four concurrent exports of the longest messages: %s",
  { timeout: TIMEOUT_MS },
  async (how) => {
    const growth = await growthBy(async (_worker, person) => {
      const response = await person.fetch(`/chats/${chatId}/export?${how}`);
      expect(await drain(response)).toBeGreaterThan(MESSAGES * 128_000);
    });
    expect(growth).toBeLessThan(MOST_GROWTH_MIB.exports);
  },
);

it("Four exports that the clients do not read", { timeout: TIMEOUT_MS }, async () => {
  const headers = { authorization: `Bearer ${ada.accessToken}` };
  const growth = await growthBy(async ({ url }, person) => {
    const silent = await getSilently(`${url}/chats/${chatId}/export`, headers);
    expect(silent.status).toBe(200);
    // Takes as long as it could take to send it all.
    await drain(await person.fetch(`/chats/${chatId}/export`));
    silent.drop();
  });
  expect(growth).toBeLessThan(MOST_GROWTH_MIB.exports);
});
