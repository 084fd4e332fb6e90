import { afterAll, beforeAll, expect, it } from "vitest";
import { chatOf } from "../../support/chats.ts";
import { at, type SignedIn, signUp } from "../../support/client.ts";
import { type FastWorker, startFastWorker, WITH_LITTLE_MEMORY } from "../../support/fast-worker.ts";
import { query } from "../../support/postgres.ts";

let worker: FastWorker;
let ada: SignedIn;
beforeAll(async () => {
  worker = await startFastWorker({}, WITH_LITTLE_MEMORY);
  ada = at(worker.url, await signUp());
});
afterAll(() => worker.close());

const MESSAGES = 80;
/** Of an isolate's 128 MiB; the memory before the requests is not counted. */
const MOST_MIB = 64;

it.runIf(process.platform === "linux")(
  "Concurrent pages and downloads of the longest messages stay within an isolate's memory",
  async () => {
    const { id } = await chatOf(ada, MESSAGES);
    await query(
      `UPDATE messages SET content = repeat('😀', 32000), status = 'failed' WHERE chat_id = $1`,
      [id],
    );
    await ada.get(`/chats/${id}/messages?limit=1`);
    const page = "messages?limit=200";
    const paths = [page, page, page, page, "export"];
    const read = async (path: string) => {
      const response = await ada.fetch(`/chats/${id}/${path}`);
      for await (const _piece of response.body ?? []);
    };
    const growth = await worker.growthMiB(() => Promise.all(paths.map(read)));
    expect(growth).toBeLessThan(MOST_MIB);
  },
  60_000,
);
