import { afterAll, beforeAll, expect, it } from "vitest";
import { newApiKey } from "../../support/api-keys.ts";
import { runningTurn } from "../../support/chats.ts";
import { type OwnWorld, startOwnWorld, WORLD_START_MS } from "../../support/own-world.ts";
import { allEvents } from "../../support/sse.ts";

let world: OwnWorld;
beforeAll(async () => {
  world = await startOwnWorld();
}, WORLD_START_MS);
afterAll(() => world.close());

/** The end is committed, and nobody is notified. */
const ENDS = {
  "was revoked, as by a password reset": "UPDATE api_keys SET revoked_at = now() WHERE id = $1",
  "has expired": "UPDATE api_keys SET expires_at = now() - interval '1 ms' WHERE id = $1",
};

for (const [how, statement] of Object.entries(ENDS)) {
  it(`The streams of a key that ${how} are closed within a minute, and no turn is`, async () => {
    const ada = await world.signUp();
    const baseUrl = world.worker.url;
    const key = await newApiKey(ada, ["chat"], { baseUrl });
    const other = await newApiKey(ada, ["read"], { baseUrl });
    const turn = await runningTurn({ ...ada, ...key });
    const otherReads = other.fetch(`/chats/${turn.chatId}/stream`).then(allEvents);
    await world.query(statement, [key.id]);
    expect(await world.minute()).toMatchObject({
      session_ends_notified: 1,
      session_ends_failed: 0,
    });
    expect(await turn.rest()).not.toContain("stream_complete");
    const tried = "SELECT id FROM api_keys WHERE tried_at IS NOT NULL";
    expect(await world.query(tried)).toContainEqual({ id: key.id });
    await turn.finish();
    expect((await otherReads).at(-1)?.name).toBe("stream_complete");
    const { body } = await ada.get(`/chats/${turn.chatId}/messages`);
    expect(body.at(-1).status).toBe("complete");
  });
}
